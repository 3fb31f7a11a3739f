from django.urls import path

from communities.views import importing, people, record_imports, records, registers, settling, towns

app_name = "communities"

urlpatterns = [
    path("communities/", registers.community_list, name="list"),
    path("communities/<slug:code>/", registers.community_detail, name="detail"),
    path("communities/<slug:code>/<int:year>/", registers.profile_edit, name="profile"),
    path("register/import/", importing.import_file, name="import"),
    path("register/import/preview/", importing.import_preview, name="import_preview"),
    path("register/import/confirm/", importing.import_confirm, name="import_confirm"),
    path("register/import/annotated/", importing.import_annotated, name="import_annotated"),
    path("register/import/template/", importing.import_template, name="import_template"),
    path("registers/", records.overview, name="registers"),
    path("registers/carry-over/", settling.carry, name="carry_over"),
    path("registers/close-year/", settling.year_close, name="year_close"),
    path("registers/<slug:slug>/", records.record_list, name="record_list"),
    path("registers/<slug:slug>/add/", records.record_add, name="record_add"),
    path("registers/<slug:slug>/bulk/", records.record_bulk, name="record_bulk"),
    path("registers/<slug:slug>/export/", records.record_export, name="record_export"),
    path("registers/<slug:slug>/template/", record_imports.record_template, name="record_template"),
    path("registers/<slug:slug>/import/", record_imports.record_import, name="record_import"),
    path("registers/<slug:slug>/import/preview/", record_imports.record_import_preview, name="record_import_preview"),
    path("registers/<slug:slug>/import/confirm/", record_imports.record_import_confirm, name="record_import_confirm"),
    path(
        "registers/<slug:slug>/import/annotated/",
        record_imports.record_import_annotated,
        name="record_import_annotated",
    ),
    path("registers/<slug:slug>/<int:pk>/", records.record, name="record"),
    path("registers/<slug:slug>/<int:pk>/remove/", records.record_remove, name="record_remove"),
    path("registers/<slug:slug>/<int:pk>/numbers/", records.record_reveal, name="record_reveal"),
    path("registers/<slug:slug>/of/<slug:code>/confirm/", settling.register_confirm, name="register_confirm"),
    path("registers/<slug:slug>/of/<slug:code>/reopen/", settling.register_reopen, name="register_reopen"),
    path("registers/<slug:slug>/of/<slug:code>/nil/", settling.register_nil, name="register_nil"),
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
