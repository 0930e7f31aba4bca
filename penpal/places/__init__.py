"""The organisation tree: centre, provinces and the corps, prefectures, counties, schools, classes."""
