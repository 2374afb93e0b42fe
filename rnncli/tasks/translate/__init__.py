"""A text for a text: translation, pronunciation, inflection, dates in one spelling."""
