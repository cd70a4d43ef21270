"""Reviews of cases: alarms, their answers, the rules."""
