"""公文: a letter is written once as an object; PDF (GB/T 9704-2012) and Word both set that object."""
