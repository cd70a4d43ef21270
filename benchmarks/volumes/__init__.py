"""Volumes of criminal case files with exact truth: forms of invented people, typeset, misread or drawn.

Seeds below 1000 are for training and development; figures are measured on seeds from 1000 on, and on no other.
"""
