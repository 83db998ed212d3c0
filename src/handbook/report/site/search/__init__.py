"""What the search box of the pages looks through, and the library that it looks with."""
