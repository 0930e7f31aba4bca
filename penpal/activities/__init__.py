"""Do one thing together (同做一件事): ideas, proposals, each one's record, themes that students put up."""
