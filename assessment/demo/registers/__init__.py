"""Every register of the demonstration district, for its first two years: data of a story, written in bulk."""
