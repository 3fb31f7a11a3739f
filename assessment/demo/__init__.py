"""The demonstration district: a year behind it, a year under way, and somebody in every role."""
