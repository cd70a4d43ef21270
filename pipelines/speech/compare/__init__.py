"""Record against recording (检察院刑诉规则 264): what the two say differently; knows no case and no model.

`written` and `heard` read the two sides, `facts` and `polarity` find what must agree in them, `alignment` says which
turn of the record stands for which stretch of the recording, and `differences` lists what does not agree.
"""
