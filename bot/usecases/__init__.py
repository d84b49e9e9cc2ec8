"""What happens, in order, and in which transaction: the verbs of the product."""
