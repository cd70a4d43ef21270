"""The sentencing reference: what judgments of a corpus say of the terms of cases like one at hand; knows no store."""
