"""Discovery: finding neighbours' nodes on the local network, and being found, without saying who we are."""
