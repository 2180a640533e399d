"""Which tags there are, what they mean and who answers for them."""
