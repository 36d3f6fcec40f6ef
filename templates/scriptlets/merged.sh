# Two parts of {{ package }}, each in a shell of its own: whatever one does, and however it ends, the
# other runs{% if stops %} unless the first one failed, which stops rpm here{% endif %}. This one is {{ first.whose }}.
(
{{ first.text }}
)
status=$?
{%- if stops %}
[ "$status" -eq 0 ] || exit "$status"
{%- endif %}

# This one is {{ second.whose }}.
(
{{ second.text }}
)
second=$?
[ "$status" -eq 0 ] || exit "$status"
exit "$second"
