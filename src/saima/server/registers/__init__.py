"""What exists, with dates: enterprises and their ladder, platforms, parks, projects, talents, chains; its feeds."""
