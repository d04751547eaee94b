"""For other programs: seasons, readings and standings as JSON, and a part of the DHIS2 interface."""
