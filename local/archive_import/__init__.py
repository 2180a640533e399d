"""`make import`: reads the dealer's records into a stage: any size, stopped and gone on with at any point."""
