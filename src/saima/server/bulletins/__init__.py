"""Bulletins made from a cut. Drafts for now; release is a later room of the same house."""
