"""Media in, record out; calls models through the Engine alone and knows nothing of Ray or HTTP."""
