"""The term index: which posts have which words, in DynamoDB."""
