from django.urls import path

from communities.views import importing, lineage, people, registers, towns

app_name = "communities"

urlpatterns = [
    path("communities/", registers.community_list, name="list"),
    path("communities/<slug:code>/", registers.community_detail, name="detail"),
    path("communities/<slug:code>/edit/", lineage.community_edit, name="community_edit"),
    path("communities/<slug:code>/<int:year>/", registers.profile_edit, name="profile"),
    path("register/import/", importing.import_file, name="import"),
    path("register/import/preview/", importing.import_preview, name="import_preview"),
    path("register/import/confirm/", importing.import_confirm, name="import_confirm"),
    path("register/import/annotated/", importing.import_annotated, name="import_annotated"),
    path("register/import/template/", importing.import_template, name="import_template"),
    path("towns/", towns.town_list, name="towns"),
    path("towns/add/", towns.town_add, name="town_add"),
    path("towns/<int:pk>/", towns.town, name="town"),
    path("people/", people.people_list, name="people"),
    path("people/add/", people.person_add, name="person_add"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/active/", people.person_active, name="person_active"),
    path("people/<int:pk>/password/", people.person_password, name="person_password"),
    path("audit/", people.audit_list, name="audit"),
]
