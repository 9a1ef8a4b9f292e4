#pragma once
// Who may do what in a space, in one table that anybody can read. Roles: g invité, v visiteur, c
// contributeur, a animateur. `agents`: kinds of space (o open, c closed, s secret) where any agent may,
// without being a member. `externals`: a member from outside may too, when the role may. `writes`: refused
// while the space is archived.
#include "core/access/may.h"

namespace parvis {

struct SpaceRight {
  Action action;
  std::string_view agents;
  std::string_view members;
  bool externals;
  bool writes;
};

inline constexpr SpaceRight space_rights[] = {
    // action                         agents  members  externals writes
    {Action::space_see, "oc", "gvca", true, false},
    {Action::space_read, "o", "gvca", true, false},
    {Action::space_join, "oc", "", false, true},
    {Action::space_update, "", "a", false, true},
    {Action::space_archive, "", "a", false, false},
    {Action::space_open_to_externals, "", "a", false, true},
    {Action::space_duplicate, "", "a", false, false},
    {Action::space_hand_over, "", "a", false, false},
    {Action::member_list, "o", "gvca", true, false},
    {Action::member_add, "", "a", false, true},
    {Action::member_invite_external, "", "a", false, true},
    {Action::member_set_role, "", "a", false, true},
    {Action::member_remove, "", "a", false, false},
    {Action::request_decide, "", "a", false, true},
    {Action::access_explain, "o", "gvca", true, false},
    {Action::room_list, "o", "gvca", true, false},
    {Action::room_create, "", "ca", false, true},
    {Action::room_update, "", "a", false, true},
    {Action::message_read, "o", "gvca", true, false},
    {Action::message_send, "", "gca", true, true},
    {Action::message_react, "", "gvca", true, true},
    {Action::message_edit_own, "", "gca", true, true},
    {Action::message_redact_own, "", "gvca", true, true},
    {Action::message_redact_any, "", "a", false, true},
    {Action::message_pin, "", "ca", false, true},
    {Action::file_list, "o", "gvca", true, false},
    {Action::file_read, "o", "gvca", true, false},
    {Action::file_add, "", "gca", true, true},
    {Action::file_delete_own, "", "gca", true, true},
    {Action::file_delete_any, "", "a", false, true},
    {Action::file_restore, "", "ca", false, true},
    {Action::document_read, "o", "gvca", true, false},
    {Action::document_comment, "", "gvca", true, true},
    {Action::document_write, "", "ca", true, true},
    {Action::document_freeze, "", "a", false, true},
    {Action::meeting_join, "", "gvca", true, true},
    {Action::meeting_open, "", "ca", false, true},
    {Action::meeting_host, "", "a", false, true},
};

}  // namespace parvis
