"""The static site: pages, tables and their templates."""
