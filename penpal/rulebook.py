"""Who may do what: one page. Who sees what stands beside it, in `scopes`.

Each permission maps to clauses; all predicates of a clause must hold, and any clause suffices.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts import answering, offices
from penpal.accounts import predicates as people
from penpal.accounts.models import Person, Role
from penpal.activities import predicates as activities
from penpal.chat import predicates as chat
from penpal.consent import predicates as guardians
from penpal.kernel.access import Actor, Rulebook, fact
from penpal.letters import predicates as letters
from penpal.media import predicates as photos
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.publishing import rulebook as publishing
from penpal.publishing.reviews import predicates as reviews
from penpal.reading import predicates as books
from penpal.safeguarding import block_predicates as blocks
from penpal.safeguarding import hold_predicates as holds
from penpal.safeguarding import opening_predicates as openings
from penpal.safeguarding import predicates as reports
from penpal.safeguarding import queue_predicates as queues
from penpal.scopes import SCOPES
from penpal.twinning import predicates as twinning


@fact(_l("自己教的班"), Role.TEACHER.value)
def _teaches(actor: Actor, unit: Unit) -> bool:
    return people.holds_over(actor, unit.path, Role.TEACHER)


@fact(_l("自己学校的"), Role.SCHOOL_SECRETARY.value)
def _leads_school(actor: Actor, unit: Unit) -> bool:
    return people.holds_over(actor, unit.path, Role.SCHOOL_SECRETARY)


@fact(_l("自己学校的学生"), Role.SCHOOL_SECRETARY.value)
def _leads_school_of(actor: Actor, student: Person) -> bool:
    return any(
        people.holds_over(actor, row.class_.path, Role.SCHOOL_SECRETARY)
        for row in student.enrolments
        if row.until is None
    )


@fact(_l("自己负责的学生"), *people.SCHOOL_STAFF)
def _answers_for(actor: Actor, student: Person) -> bool:
    """Teacher of the student's class, or secretary of the school."""
    return any(
        people.holds_over(actor, row.class_.path, *people.SCHOOL_STAFF)
        for row in student.enrolments
        if row.until is None
    )


@fact(_l("自己班的学生"), Role.TEACHER.value)
def _teaches_student(actor: Actor, student: Person) -> bool:
    return any(
        people.holds_over(actor, row.class_.path, Role.TEACHER)
        for row in student.enrolments
        if row.until is None
    )


@fact(_l("关于自己的"), people.STUDENT, people.WAITING_STUDENT)
def _is_oneself(actor: Actor, student: Person) -> bool:
    return actor.is_student and actor.person_id == student.id


RULES = {
    # One's own account: anyone who signed in, whether or not consent is on file.
    Permission.Account.SEE: ((people.is_signed_in,),),
    Permission.Account.SIGN_OUT: ((people.is_signed_in,),),
    Permission.Account.CHANGE_PASSWORD: ((people.is_signed_in,),),
    Permission.Account.END_SESSIONS: ((people.is_signed_in,),),
    Permission.Account.RESET: ((_answers_for,),),
    Permission.Account.CONFIRM: ((people.is_signed_in,),),
    Permission.Account.SET_UP_FACTOR: ((people.is_staff,),),
    Permission.Account.RENEW_FACTOR: ((answering.answers_for_colleague,), (people.is_system,)),
    # A child without an account cannot tell of anybody: not their own teacher alone decides.
    Permission.Account.DISABLE: (
        (_leads_school_of,),
        (answering.answers_for_colleague,),
        (people.is_system,),
    ),
    Permission.Home.SEE: ((people.takes_part,), (people.is_staff,)),
    # Students among themselves: only with consent on file, only within their own pair.
    Permission.Profile.SEE: ((people.takes_part,),),
    Permission.Profile.EDIT: ((people.takes_part,),),
    Permission.Pair.SEE: (
        (people.takes_part, twinning.is_member),
        (twinning.answers_for_a_member,),
    ),
    # A photo is its owner's alone until it belongs to something; then whoever may read that sees it.
    Permission.Photo.KEEP: ((people.takes_part,),),
    Permission.Photo.SEE: ((people.takes_part, photos.is_owner), (photos.is_within_reach,)),
    Permission.Photo.DISCARD: ((people.takes_part, photos.is_owner),),
    # What passed between two, gathered: for the two alone, whoever may see that they are a pair.
    Permission.Pair.LOOK_BACK: ((people.takes_part, twinning.is_member),),
    Permission.Letter.LIST: ((people.takes_part,),),
    Permission.Letter.WRITE: ((people.takes_part, twinning.is_member, twinning.is_active),),
    Permission.Letter.SEND: (
        (
            people.takes_part,
            letters.is_author,
            letters.pair_is_active,
            letters.pair_is_not_paused,
        ),
    ),
    Permission.Letter.OPEN: ((people.takes_part, letters.is_recipient),),
    Permission.Letter.DISCARD: ((people.takes_part, letters.is_author, letters.is_draft),),
    Permission.Letter.RELEASE: (
        (
            letters.decides_its_release,
            letters.pair_is_active,
            letters.pair_is_not_paused,
            letters.author_takes_part,
        ),
    ),
    # Until the morning a letter sent at night is its author's; only the clock delivers it.
    Permission.Letter.DELIVER: ((people.is_system,),),
    Permission.Letter.TAKE_BACK: ((people.takes_part, letters.is_author, letters.is_on_its_way),),
    Permission.Letter.PRINT: (
        (people.takes_part, letters.is_author, letters.is_delivered),
        (people.takes_part, letters.is_recipient, letters.is_opened),
    ),
    # A partner without a device: the teacher prints only what its author knows will be printed.
    Permission.Letter.LET_PRINT: (
        (
            people.takes_part,
            letters.is_author,
            letters.is_delivered,
            letters.recipient_reads_on_paper,
        ),
    ),
    Permission.Letter.PRINT_FOR: (
        (
            letters.teaches_recipient,
            letters.is_delivered,
            letters.recipient_reads_on_paper,
            letters.recipient_takes_part,
            letters.author_knows_of_paper,
        ),
    ),
    Permission.Paper.BEGIN: ((_teaches_student,),),
    Permission.Paper.END: ((_teaches_student,), (people.takes_part, _is_oneself)),
    # Reading: the two, and the class teacher where the author chose to send it open.
    Permission.Letter.READ: (
        (people.takes_part, letters.is_author),
        (people.takes_part, letters.is_recipient, letters.is_delivered),
        (letters.teaches_author, letters.is_postcard, letters.is_delivered),
    ),
    # Chat is the pair's alone; a teacher decides on a line that its author asked them to release.
    Permission.Chat.LIST: ((people.takes_part,),),
    Permission.Chat.READ: ((people.takes_part, twinning.is_member),),
    Permission.Chat.SAY: (
        (people.takes_part, twinning.is_member, twinning.is_active, chat.is_not_paused),
    ),
    Permission.ChatLine.UNSEND: ((people.takes_part, chat.is_author, chat.is_fresh),),
    Permission.ChatLine.RELEASE: (
        (
            chat.decides_its_release,
            chat.pair_is_active,
            chat.its_pair_is_not_paused,
            chat.author_takes_part,
        ),
    ),
    Permission.ChatLine.RETURN: ((people.takes_part, chat.is_author), (chat.decides_on_it,)),
    Permission.ChatLine.DISCARD: ((people.takes_part, chat.is_author, chat.is_kept_back),),
    # What two do together is theirs; a teacher reads a record by its author's choice alone.
    Permission.Activity.LIST: ((people.takes_part,),),
    Permission.Activity.READ: (
        (people.takes_part, activities.is_of_ones_pair),
        (activities.shows_something_to_teacher,),
    ),
    Permission.Activity.PROPOSE: ((people.takes_part, twinning.is_member, twinning.is_active),),
    Permission.Activity.CHANGE: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    Permission.Activity.TALK: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    Permission.Activity.NOD: (
        (
            people.takes_part,
            activities.is_of_ones_pair,
            activities.pair_is_active,
            activities.was_worded_by_the_other,
        ),
    ),
    Permission.Activity.DECLINE: (
        (
            people.takes_part,
            activities.is_of_ones_pair,
            activities.pair_is_active,
            activities.is_not_proposer,
        ),
    ),
    Permission.Activity.WITHDRAW: (
        (people.takes_part, activities.is_proposer, activities.pair_is_active),
    ),
    Permission.Activity.STEP_OUT: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    Permission.Activity.COMPLETE: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    Permission.Activity.SHARE: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    # To show less than before is possible whatever became of the pair.
    Permission.Activity.KEEP: ((people.takes_part, activities.is_of_ones_pair),),
    Permission.ActivityRecord.READ: (
        (people.takes_part, activities.is_author),
        (people.takes_part, activities.is_shared_with_one),
        (activities.is_open_to_its_teacher,),
        (activities.is_shown_to_classes,),
    ),
    Permission.ActivityRecord.WRITE: (
        (people.takes_part, activities.is_of_ones_pair, activities.pair_is_active),
    ),
    Permission.ActivityRecord.FINISH: (
        (people.takes_part, activities.is_author, activities.records_pair_is_active),
    ),
    Permission.ActivityRecord.REOPEN: (
        (
            people.takes_part,
            activities.is_author,
            activities.records_pair_is_active,
            activities.is_under_way,
            activities.is_not_shared,
        ),
    ),
    Permission.ActivityRecord.SHARE: (
        (people.takes_part, activities.is_author, activities.records_pair_is_active),
    ),
    Permission.ActivityRecord.SEAL: ((people.takes_part, activities.is_author),),
    Permission.Theme.PUT_UP: ((people.takes_part,),),
    Permission.Theme.SEE_CLASS: ((activities.teaches_class,),),
    Permission.Theme.OPEN: ((activities.hangs_in_ones_class,),),
    Permission.Theme.TAKE_DOWN: (
        (people.takes_part, activities.put_it_up),
        (activities.hangs_in_ones_class,),
    ),
    # A book that two read is theirs alone; a note lies before its reader from its place on.
    Permission.Book.LIST: ((people.takes_part,),),
    Permission.Book.READ: ((people.takes_part, books.is_of_ones_pair),),
    Permission.Book.PROPOSE: ((people.takes_part, twinning.is_member, twinning.is_active),),
    Permission.Book.DECIDE: ((people.takes_part, books.partner_proposed_it, books.pair_is_active),),
    Permission.Book.EDIT: ((people.takes_part, books.proposed_it, books.pair_is_active),),
    Permission.Book.KEEP: ((people.takes_part, books.is_of_ones_pair, books.pair_is_active),),
    Permission.Note.READ: (
        (people.takes_part, books.is_author),
        (people.takes_part, books.is_partner, books.has_come_to_it),
        (books.teaches_author, books.is_open),
    ),
    Permission.Note.WRITE: ((people.takes_part, books.is_of_ones_pair, books.pair_is_active),),
    Permission.Note.EDIT: (
        (
            people.takes_part,
            books.is_author,
            books.its_pair_is_active,
            books.partner_is_not_there_yet,
        ),
    ),
    Permission.Note.LOOK: ((people.takes_part, books.is_partner),),
    Permission.Reflection.READ: (
        (people.takes_part, books.is_author),
        (people.takes_part, books.is_partner, books.is_shown),
        (books.teaches_author, books.is_open, books.is_finished),
    ),
    Permission.Reflection.WRITE: (
        (people.takes_part, books.is_of_ones_pair, books.pair_is_active),
    ),
    Permission.Reflection.SHARE: ((people.takes_part, books.is_author, books.its_pair_is_active),),
    # Help is behind neither consent nor a place in a class.
    Permission.Report.MAKE: ((people.is_student,),),
    Permission.Report.READ: ((reports.is_reporter,), (reports.is_addressed,)),
    Permission.Report.TAKE: ((people.is_staff, reports.is_addressed, reports.is_in_ones_hands),),
    Permission.Report.HAND_ON: ((people.is_staff, reports.is_addressed, reports.can_be_handed_on),),
    Permission.Report.ANSWER: ((people.is_staff, reports.is_addressed, reports.is_in_ones_hands),),
    Permission.Report.RECORD_DUTY: ((people.is_staff, reports.is_addressed),),
    Permission.Report.REMIND: ((reports.was_raised_to_ones_level,),),
    # Whoever asked for a pause ends it; nobody else learns who that is.
    Permission.Block.ASK: ((people.takes_part, twinning.is_member, twinning.is_active),),
    Permission.Block.LIFT: ((people.takes_part, blocks.asked_for_it),),
    Permission.Block.NOTE: ((blocks.answers_for_its_student,),),
    # What its author asked a teacher to release, and nothing else.
    Permission.Hold.ASK: ((people.takes_part, holds.wrote_it),),
    Permission.Hold.READ: ((holds.asked_for_it,), (holds.decides, holds.copy_is_open)),
    Permission.Hold.DECIDE: ((people.is_staff, holds.decides),),
    Permission.Hold.HAND_ON: ((people.is_staff, holds.decides),),
    Permission.Hold.WITHDRAW: ((people.takes_part, holds.asked_for_it),),
    # Secretaries above the school have pieces to look at there, and nothing else.
    Permission.Queue.SEE: ((queues.answers_for_children,), (reviews.looks_at_pieces,)),
    Permission.Queue.CLEAR: ((queues.answers_for_children,), (reviews.looks_at_pieces,)),
    Permission.Queue.KEEP_PHRASES: ((queues.answers_for_children,), (reviews.looks_at_pieces,)),
    # A sealed thing is opened for a report by a party, or by two of staff in an emergency.
    Permission.Opening.LIST: ((openings.handles_cases,),),
    Permission.Opening.SEE: ((openings.answers_for_case,),),
    Permission.Opening.ASK_FOR_REPORT: (
        (people.is_staff, reports.is_addressed, reports.is_in_ones_hands, openings.report_is_open),
    ),
    Permission.Opening.ASK_IN_EMERGENCY: ((_answers_for,),),
    Permission.Opening.BEGIN: (
        (openings.answers_for_case, openings.takes_one),
        (openings.is_lawful,),
    ),
    Permission.Opening.SECOND: ((openings.answers_for_case, openings.is_another),),
    Permission.Opening.READ: (
        (
            openings.answers_for_case,
            openings.is_opener,
            openings.is_running,
            openings.is_still_in_ones_hands,
        ),
    ),
    Permission.Opening.CLOSE: ((openings.answers_for_case, openings.is_opener),),
    Permission.Opening.END_DELAY: ((openings.answers_for_case, openings.is_opener),),
    Permission.Opening.SEE_OWN: ((people.is_student,),),
    Permission.Opening.LAWFUL: ((people.is_system,),),
    # School staff.
    Permission.Unit.SEE_CLASS: ((_teaches,), (_leads_school,)),
    Permission.Unit.SEE_SCHOOL: ((_leads_school,),),
    Permission.Unit.SEE_STUDENT: ((_answers_for,),),
    Permission.Unit.PRINT_LETTERS: ((_teaches,),),
    Permission.Unit.SEE_PARTICIPATION: ((_teaches,),),
    Permission.Unit.SEE_UNANSWERED: ((_teaches,),),
    Permission.Unit.REMIND: ((_teaches,),),
    Permission.Unit.KEEP_HOURS: ((_leads_school,),),
    Permission.Unit.SEE_BOOKS: ((people.takes_part, books.sits_in), (_teaches,), (_leads_school,)),
    Permission.Unit.KEEP_BOOKS: ((_teaches,),),
    Permission.Unit.SEE_RECORD: ((_leads_school,),),
    Permission.Pair.TIE: ((twinning.answers_for_an_end,), (people.is_system,)),
    Permission.Pair.CLOSE: ((twinning.answers_for_a_member,),),
    Permission.Twinning.SEE: ((twinning.leads_above_an_end,),),
    Permission.Twinning.PROPOSE: ((twinning.leads_above_an_end,), (people.is_system,)),
    Permission.Twinning.CONFIRM: (
        (twinning.leads_above_an_end, twinning.speaks_for_the_other_side),
        (people.is_system,),
    ),
    Permission.Twinning.END: ((twinning.leads_above_an_end,),),
    # Offices: given by the level above, never to oneself.
    Permission.Office.SEE: ((offices.leads,),),
    Permission.Office.GRANT: ((offices.appoints, offices.is_for_another), (people.is_system,)),
    Permission.Office.END: (
        (offices.appoints,),
        (offices.is_held_by_oneself,),
        (offices.stands_in_for_oneself,),
        (people.is_system,),
    ),
    Permission.Office.HAND_OVER: (
        (offices.is_held_by_oneself, offices.is_lasting),
        (offices.appoints, offices.is_lasting),
        (people.is_system,),
    ),
    Permission.Office.SLIP: (
        (offices.answers_for_the_holder, offices.is_for_another),
        (people.is_system,),
    ),
    Permission.Office.WEAR: ((people.is_staff,),),
    Permission.Guide.READ: ((people.is_staff,),),
    # Notices are one's own. Mail goes to staff alone, never to a child.
    Permission.Notice.SEE: ((people.is_signed_in,),),
    Permission.Notice.CHOOSE: ((people.is_signed_in,),),
    Permission.Notice.MAIL: ((people.is_staff,),),
    Permission.Roster.IMPORT: ((_leads_school,), (people.is_system,)),
    Permission.Roster.TEMPLATE: ((_leads_school,),),
    Permission.Roster.SLIPS: ((_teaches,), (_leads_school,), (people.is_system,)),
    Permission.Roster.EXPORT: ((_teaches,), (_leads_school,)),
    Permission.Roster.TRANSFER: ((_leads_school,),),
    Permission.Roster.ENROL: ((_teaches,), (_leads_school,)),
    Permission.Roster.CORRECT: ((_teaches,), (_leads_school,)),
    Permission.Roster.CORRECT_AGE: ((_leads_school,),),
    Permission.Roster.MOVE: ((_leads_school,),),
    Permission.Roster.LEAVE: ((_leads_school,),),
    Permission.Roster.MERGE: ((_leads_school,),),
    Permission.Roster.KEEP_CLASSES: ((_leads_school,),),
    Permission.Consent.RECORD: ((_answers_for,),),
    Permission.Consent.AGREE: ((people.is_student,),),
    Permission.Consent.WITHDRAW: ((_is_oneself,), (_answers_for,)),
    Permission.Consent.SEE: ((_is_oneself,),),
    Permission.Consent.SEE_CLASS: ((_teaches,), (_leads_school,)),
    Permission.Consent.INVITE: ((_answers_for,),),
    Permission.Consent.ANSWER: ((guardians.holds_open_link,),),
    Permission.Consent.SEE_PAPER: ((_answers_for,),),
    Permission.Consent.CHOOSE_LANGUAGE: ((_leads_school,),),
    **publishing.RULES,
}

BOOK = Rulebook(RULES, SCOPES)
