"""What people look at: figures and the pages that hold them."""
