"""The pages on which a department fills its report in, one module per part."""
