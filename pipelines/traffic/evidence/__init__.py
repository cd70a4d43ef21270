"""What a person needs to decide on a violation: its pictures, plate, lamp, clip, and what is missing of them."""
