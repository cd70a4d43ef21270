"""智能审查, 执法督查预警: what a case's papers say, held against rules that are data; proposes, never decides, never ranks anybody."""
