"""Who may do what in publishing: the rulebook's second page."""

from __future__ import annotations

from enum import Enum

from penpal.accounts import offices
from penpal.accounts import predicates as people
from penpal.kernel.access import Clause
from penpal.permissions import Permission
from penpal.publishing.editing import predicates as editing
from penpal.publishing.issues import predicates as issues
from penpal.publishing.keepsakes import predicates as keepsakes
from penpal.publishing.pieces import predicates as pieces
from penpal.publishing.reviews import predicates as reviews
from penpal.publishing.special import predicates as special
from penpal.twinning import predicates as twinning

RULES: dict[Enum, tuple[Clause, ...]] = {
    # A piece is the children's who stand in it, until all of them have agreed that others look at it.
    Permission.Submission.LIST: ((people.is_student,), (people.is_staff,)),
    Permission.Submission.SUBMIT: ((people.takes_part, twinning.is_member),),
    Permission.Submission.SUBMIT_STORY: ((pieces.speaks_for,),),
    Permission.Submission.READ: (
        (people.is_student, pieces.stands_in_it),
        (pieces.sent_it_in,),
        (pieces.is_shown_to_staff,),
    ),
    Permission.Submission.ANSWER: ((people.takes_part, pieces.is_asked_oneself),),
    Permission.Submission.MEND: (
        (people.takes_part, pieces.wrote_it, pieces.is_sent_back),
        (pieces.sent_it_in, pieces.is_sent_back),
    ),
    Permission.Submission.ASK_GUARDIAN: ((pieces.answers_for_student,),),
    Permission.Submission.ANSWER_AS_GUARDIAN: ((pieces.holds_piece_link,),),
    # Whoever has a say in it ends it alone, whatever became of it; nobody has to agree.
    Permission.Submission.WITHDRAW: (
        (people.is_student, pieces.stands_in_it),
        (pieces.sent_it_in,),
        (pieces.is_guardian_of_a_party,),
        (pieces.answers_for_a_party,),
        (people.is_system,),
    ),
    # Reviews: in turn, never one's own and never of a child to whom one is near.
    Permission.Submission.PASS_ON: ((people.is_system,),),
    Permission.Submission.PASS_TO_EDITOR: ((people.is_system, reviews.is_approved),),
    Permission.Submission.REVIEW: ((reviews.is_ones_turn,),),
    Permission.Submission.DELEGATE: ((reviews.is_ones_turn,),),
    Permission.Submission.STEP_ASIDE: ((reviews.looks_at_pieces,),),
    Permission.Submission.TEND_PHOTOS: ((reviews.is_ones_turn,),),
    Permission.Submission.SET_PATH: ((reviews.leads_above_schools,),),
    Permission.Submission.SEE_HISTORY: (
        (people.takes_part, pieces.stands_in_it),
        (pieces.sent_it_in,),
        (reviews.had_turn,),
    ),
    Permission.Submission.SEE_FIGURES: ((offices.leads,),),
    # The desk: editors choose and propose, and whoever wrote the words says yes or no to each change.
    Permission.Submission.SEE_DESK: ((editing.is_editor,),),
    Permission.Submission.EDIT: ((editing.is_at_the_desk,),),
    Permission.Submission.ANSWER_CHANGES: (
        (people.takes_part, editing.is_asked_about_changes),
        (people.is_staff, editing.is_asked_about_changes),
    ),
    Permission.Submission.TAKE_DOWN: (
        (editing.is_editor, editing.has_come_out),
        (editing.leads_all, editing.has_come_out),
        (people.is_system, editing.has_come_out),
    ),
    # Printed is what every child and guardian agreed to, every school approved, every author accepted,
    # and an editor signed off; and nobody's hand does it.
    Permission.Submission.PUBLISH: (
        (
            people.is_system,
            pieces.is_cleared,
            reviews.is_approved,
            editing.is_accepted,
            issues.stands_in_signed_off_issue,
        ),
    ),
    # Issues are the editors'; that one comes out, and a piece with it, is nobody's act but the clock's.
    Permission.Issue.SEE: ((issues.is_editor,),),
    Permission.Issue.PLAN: ((issues.is_editor,),),
    Permission.Issue.SIGN_OFF: ((issues.is_editor,),),
    Permission.Issue.COME_OUT: ((people.is_system, issues.is_due),),
    Permission.Issue.TAKE_FILE: ((issues.is_editor,),),
    Permission.Issue.HEAR_RECALL: ((issues.is_editor,),),
    # A reader is nobody: the house takes the word for them, and it reaches a child by an editor's hand alone.
    Permission.ReaderWord.SEND: ((people.is_system, special.takes_words),),
    Permission.ReaderWord.DECIDE: ((editing.is_editor,),),
    # Keepsakes: the book of two for whoever of them asked, a clipping for whoever wrote it.
    Permission.Keepsake.CLIP: ((people.takes_part, keepsakes.wrote_what_is_printed),),
    Permission.Keepsake.MAKE_BOOK: ((people.takes_part, twinning.is_member),),
    Permission.Keepsake.TAKE_BOOK: ((people.takes_part, keepsakes.asked_for_it),),
}
