"""Pages on which a season is begun, edited, published and taken out again; one module per page's subject."""
