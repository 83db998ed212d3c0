"""Small SVG pictures inside pages, which take their colours from the page."""
