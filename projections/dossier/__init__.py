"""The dossier (案卷): what a case's records say, as a readable PDF and as a package that proves itself (FORMAT.md §8).

`data` folds what is enclosed into plain data, `render` makes the PDF of it, `package` puts the package together.
"""
