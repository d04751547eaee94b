"""People, their roles by place and date, and what each role may do."""
