"""The vocabulary of permissions: what can be asked of the rulebook, one line each."""

from __future__ import annotations

from enum import Enum


class Permission:
    """Nested by what is acted on. The rulebook says who may; nothing here does."""

    class Account(Enum):
        SEE = "account.see"
        """One's own account page, and the page that says what is still missing."""
        SIGN_OUT = "account.sign_out"
        CHANGE_PASSWORD = "account.change_password"
        END_SESSIONS = "account.end_sessions"
        RESET = "account.reset"
        """Take a forgotten password away, so that a new slip lets the person in again."""
        CONFIRM = "account.confirm"
        """Prove once more who one is, before what cannot be taken back."""
        SET_UP_FACTOR = "account.set_up_factor"
        RENEW_FACTOR = "account.renew_factor"
        """Take a colleague's lost second factor away, so that they set up another."""
        DISABLE = "account.disable"
        """Close somebody's account for a while, and open it again."""

    class Home(Enum):
        SEE = "home.see"

    class Profile(Enum):
        SEE = "profile.see"
        EDIT = "profile.edit"

    class Pair(Enum):
        SEE = "pair.see"
        LOOK_BACK = "pair.look_back"
        TIE = "pair.tie"
        CLOSE = "pair.close"

    class Twinning(Enum):
        SEE = "twinning.see"
        PROPOSE = "twinning.propose"
        CONFIRM = "twinning.confirm"
        END = "twinning.end"

    class Letter(Enum):
        LIST = "letter.list"
        READ = "letter.read"
        WRITE = "letter.write"
        SEND = "letter.send"
        OPEN = "letter.open"
        DISCARD = "letter.discard"
        RELEASE = "letter.release"
        """Deliver what its author asked a teacher to release."""
        DELIVER = "letter.deliver"
        """In the morning, what was sent at night; or give it back, where it may not come any more."""
        TAKE_BACK = "letter.take_back"
        """One's own, while it is on its way."""
        PRINT = "letter.print"
        """To keep it oneself."""
        LET_PRINT = "letter.let_print"
        """One's own letter, for a partner who reads on paper."""
        PRINT_FOR = "letter.print_for"
        """A student's letter, for them, by their teacher."""

    class Chat(Enum):
        LIST = "chat.list"
        """Come to the room of one's own pair, or to the page that says why there is none."""
        READ = "chat.read"
        """What was said there; asked of the pair."""
        SAY = "chat.say"
        """Asked of the pair."""

    class ChatLine(Enum):
        UNSEND = "chat_line.unsend"
        RELEASE = "chat_line.release"
        """Send what its author asked a teacher to release."""
        RETURN = "chat_line.return"
        """Give back what waits for a teacher, or take it back oneself."""
        DISCARD = "chat_line.discard"
        """One's own that never left."""

    class Activity(Enum):
        LIST = "activity.list"
        """What one's own pair does together, ideas, themes and how many pairs do what."""
        READ = "activity.read"
        PROPOSE = "activity.propose"
        """Asked of the pair."""
        CHANGE = "activity.change"
        """Other words for a proposal, or another day for what was agreed."""
        TALK = "activity.talk"
        NOD = "activity.nod"
        DECLINE = "activity.decline"
        WITHDRAW = "activity.withdraw"
        """One's own proposal."""
        STEP_OUT = "activity.step_out"
        COMPLETE = "activity.complete"
        """Both have done it."""
        SHARE = "activity.share"
        """Have a say in who sees what the two did."""
        KEEP = "activity.keep"
        """Take that back, at any time."""

    class ActivityRecord(Enum):
        READ = "activity_record.read"
        WRITE = "activity_record.write"
        """One's own, of an activity; asked of the activity."""
        FINISH = "activity_record.finish"
        REOPEN = "activity_record.reopen"
        SHARE = "activity_record.share"
        """Earlier than both are done."""
        SEAL = "activity_record.seal"
        """Choose whether the class teacher may read it as well."""

    class Theme(Enum):
        PUT_UP = "theme.put_up"
        SEE_CLASS = "theme.see_class"
        """The themes of a class and what its students let their teacher see; asked of the class."""
        OPEN = "theme.open"
        """For the school and the one that is twinned with it."""
        TAKE_DOWN = "theme.take_down"

    class Book(Enum):
        LIST = "book.list"
        """One's own shelf."""
        READ = "book.read"
        """What two read together; asked of the book, as all below but one."""
        PROPOSE = "book.propose"
        """Asked of the pair."""
        DECIDE = "book.decide"
        """Say yes or kindly no to what the partner proposed."""
        EDIT = "book.edit"
        KEEP = "book.keep"
        """Log, send, put aside, pick up again."""

    class Note(Enum):
        READ = "note.read"
        WRITE = "note.write"
        """Asked of the book."""
        EDIT = "note.edit"
        LOOK = "note.look"
        """Ahead of its place in the book, by one's own choice."""

    class Reflection(Enum):
        READ = "reflection.read"
        WRITE = "reflection.write"
        """Asked of the book."""
        SHARE = "reflection.share"
        """Finish one's own; show it before the partner's is finished."""

    class Photo(Enum):
        KEEP = "photo.keep"
        """Send one in; it is one's own alone until it belongs to something."""
        SEE = "photo.see"
        DISCARD = "photo.discard"

    class Paper(Enum):
        BEGIN = "paper.begin"
        """From now on a student's letters are printed for them."""
        END = "paper.end"

    class Report(Enum):
        MAKE = "report.make"
        READ = "report.read"
        TAKE = "report.take"
        HAND_ON = "report.hand_on"
        """From the teacher to the school's secretary."""
        ANSWER = "report.answer"
        RECORD_DUTY = "report.record_duty"
        """That it was passed on to an authority, as the law asks."""
        REMIND = "report.remind"
        """A school in which a child has waited too long, without learning for what."""

    class Block(Enum):
        ASK = "block.ask"
        """That letters stop until the pause is lifted."""
        LIFT = "block.lift"
        NOTE = "block.note"
        """Say that one knows of it."""

    class Hold(Enum):
        ASK = "hold.ask"
        """That a teacher release what the guard found something in."""
        READ = "hold.read"
        DECIDE = "hold.decide"
        """Release it, or send it back with a word."""
        HAND_ON = "hold.hand_on"
        WITHDRAW = "hold.withdraw"

    class Queue(Enum):
        SEE = "queue.see"
        """What waits for a teacher or a school's secretary, of whatever kind."""
        CLEAR = "queue.clear"
        """Decide there; each thing asks for its own permission besides."""
        KEEP_PHRASES = "queue.keep_phrases"
        """Sentences that one writes often."""

    class Opening(Enum):
        LIST = "opening.list"
        SEE = "opening.see"
        """That something is to be opened, by whom and why; not a word of what stands in it."""
        ASK_FOR_REPORT = "opening.ask_for_report"
        """Open what a party reported; asked of the report."""
        ASK_IN_EMERGENCY = "opening.ask_in_emergency"
        """Ask a second person to open something of a student's; asked of the student."""
        BEGIN = "opening.begin"
        """Open without a second person."""
        SECOND = "opening.second"
        """Say yes or no to somebody else's request."""
        READ = "opening.read"
        """The words themselves."""
        CLOSE = "opening.close"
        END_DELAY = "opening.end_delay"
        """Have the children told before the day that was set."""
        SEE_OWN = "opening.see_own"
        """Who has read one's own letters."""
        LAWFUL = "opening.lawful"
        """Open what an authority asked for by law."""

    class Submission(Enum):
        LIST = "submission.list"
        """One's own pieces, and where each stands."""
        SUBMIT = "submission.submit"
        """Something that two share; asked of the pair."""
        SUBMIT_STORY = "submission.submit_story"
        """By staff, of their school or county; asked of the unit."""
        READ = "submission.read"
        """The frozen copy and what is printed of it."""
        ANSWER = "submission.answer"
        """Say yes or no oneself, as a child who stands in it."""
        MEND = "submission.mend"
        """One's own that was sent back."""
        ASK_GUARDIAN = "submission.ask_guardian"
        """Make a guardian's link, record what they signed; asked of the student."""
        ANSWER_AS_GUARDIAN = "submission.answer_as_guardian"
        PASS_ON = "submission.pass_on"
        """To the next who has to look, once all of a round said yes."""
        PASS_TO_EDITOR = "submission.pass_to_editor"
        """Once everybody who has to look has approved."""
        REVIEW = "submission.review"
        """Decide where it is one's turn."""
        DELEGATE = "submission.delegate"
        """Leave one's turn to a colleague of the same place."""
        STEP_ASIDE = "submission.step_aside"
        """Say that one is near to a child, and look at nothing of theirs."""
        TEND_PHOTOS = "submission.tend_photos"
        """Blur what is in a photo, or leave the photo out."""
        SET_PATH = "submission.set_path"
        """Up to which level secretaries look; asked of the unit."""
        SEE_DESK = "submission.see_desk"
        """The pool of approved pieces."""
        EDIT = "submission.edit"
        """Change the words, ask the author, turn it down."""
        ANSWER_CHANGES = "submission.answer_changes"
        """Accept or reject each change to one's own words."""
        PUBLISH = "submission.publish"
        """With every consent, every approval and no open change: nobody but the issue that comes out."""
        WITHDRAW = "submission.withdraw"
        TAKE_DOWN = "submission.take_down"
        SEE_HISTORY = "submission.see_history"
        """Who, when and why at each step."""
        SEE_FIGURES = "submission.see_figures"
        """How many pieces came from where; asked of the unit."""

    class Issue(Enum):
        SEE = "issue.see"
        PLAN = "issue.plan"
        """Put pieces in, order them, write what stands around them."""
        SIGN_OFF = "issue.sign_off"
        COME_OUT = "issue.come_out"
        """At its moment: nobody but the clock."""
        TAKE_FILE = "issue.take_file"
        """The proof and what goes to the layout people."""
        HEAR_RECALL = "issue.hear_recall"

    class ReaderWord(Enum):
        SEND = "reader_word.send"
        """Anybody on the web, where editors have opened it."""
        DECIDE = "reader_word.decide"
        """Pass it on to the author or put it aside; open and close the way."""

    class Keepsake(Enum):
        CLIP = "keepsake.clip"
        """One's own printed piece as a file."""
        MAKE_BOOK = "keepsake.make_book"
        """The letters of two as a book; asked of the pair."""
        TAKE_BOOK = "keepsake.take_book"

    class Unit(Enum):
        SEE_CLASS = "unit.see_class"
        SEE_SCHOOL = "unit.see_school"
        SEE_STUDENT = "unit.see_student"
        PRINT_LETTERS = "unit.print_letters"
        """See how many letters of a class wait to be printed, and print them."""
        SEE_PARTICIPATION = "unit.see_participation"
        SEE_UNANSWERED = "unit.see_unanswered"
        """See by name who of a class has owed a reply for long, and since when."""
        KEEP_HOURS = "unit.keep_hours"
        """When somebody is at school, its holidays, and how long a letter may wait."""
        REMIND = "unit.remind"
        """Remind one of them kindly, once a week at most."""
        SEE_BOOKS = "unit.see_books"
        """Which books a class reads and by how many pairs, never who; its list."""
        KEEP_BOOKS = "unit.keep_books"
        """Set books out for a class and leave questions in them."""
        SEE_RECORD = "unit.see_record"
        """What staff did to the accounts and data of a school's children; to read and to take along."""

    class Office(Enum):
        SEE = "office.see"
        """Who holds what at a place and below it."""
        GRANT = "office.grant"
        END = "office.end"
        HAND_OVER = "office.hand_over"
        SLIP = "office.slip"
        """The card with which a member of staff comes in, for the first time or again."""
        WEAR = "office.wear"
        """With which of one's own offices one looks at the pages."""

    class Notice(Enum):
        SEE = "notice.see"
        """One's own, and nobody else's."""
        CHOOSE = "notice.choose"
        """Of what one hears while a page is open."""
        MAIL = "notice.mail"
        """Say where mail goes, how often, or not at all."""

    class Guide(Enum):
        READ = "guide.read"
        """The guides for staff, with pictures of their pages."""

    class Roster(Enum):
        IMPORT = "roster.import"
        TEMPLATE = "roster.template"
        SLIPS = "roster.slips"
        EXPORT = "roster.export"
        TRANSFER = "roster.transfer"
        """Give out the code with which a student goes to another school, and take one in."""
        ENROL = "roster.enrol"
        """Add one student to a class by hand."""
        CORRECT = "roster.correct"
        CORRECT_AGE = "roster.correct_age"
        """A birth month with which other people say yes for the child than before."""
        MOVE = "roster.move"
        """To another class of the same school."""
        LEAVE = "roster.leave"
        """Put on record that a student has left, and take them back."""
        MERGE = "roster.merge"
        """Fold the second record of one child into the first."""
        KEEP_CLASSES = "roster.keep_classes"
        """Add a class by hand, correct its name, close an empty one."""

    class Consent(Enum):
        RECORD = "consent.record"
        AGREE = "consent.agree"
        WITHDRAW = "consent.withdraw"
        SEE = "consent.see"
        """What one has said yes to oneself, and one's guardian."""
        SEE_CLASS = "consent.see_class"
        INVITE = "consent.invite"
        """Make the one-time link with which a guardian answers, and end it."""
        ANSWER = "consent.answer"
        """As a guardian, who has no account."""
        SEE_PAPER = "consent.see_paper"
        CHOOSE_LANGUAGE = "consent.choose_language"


def every() -> list[Enum]:
    """All permissions, in the order of the page above."""
    groups = [group for group in vars(Permission).values() if isinstance(group, type)]
    return [permission for group in groups if issubclass(group, Enum) for permission in group]
