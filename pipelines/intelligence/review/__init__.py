"""智能审查, 执法督查预警: what the papers of a case say, held against rules that are data.

It proposes and never decides, and scores or ranks nobody.
"""
