"""From public files to accepted rows: data sets, acquisition, preparation, validation."""
