"""The catalogue: `params.yaml`, typed and checked, and the runs it asks for."""
