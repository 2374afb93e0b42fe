"""The gradient laboratory: what goes on inside a recurrent network, in numbers that add up."""
