"""The promises of the product, each tried as a user would: real commands, processes, sockets."""
