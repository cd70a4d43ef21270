"""Speech while it is spoken: sound to disk, sentences as they end, a better reading after each; knows no socket."""
