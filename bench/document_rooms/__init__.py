"""What `documents.py` measures with: three servers, and people who type into them over the bare wire."""
