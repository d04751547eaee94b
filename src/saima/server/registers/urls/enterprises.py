"""Addresses: the register of enterprises."""

from django.urls import URLPattern, path

from saima.server.registers.views import enterprises, firm_files, firms, imports

_ROOT = "registers/enterprises/"
urlpatterns: list[URLPattern] = [
    path(_ROOT, enterprises.enterprises, name="enterprises"),
    path(f"{_ROOT}enterprises.csv", enterprises.file, name="enterprises-file"),
    path(f"{_ROOT}views/", enterprises.view_keep, name="enterprises-view"),
    path(f"{_ROOT}new/", firms.new, name="enterprise-new"),
    path(f"{_ROOT}imports/", imports.imports, name="register-imports"),
    path(f"{_ROOT}imports/<int:number>/", imports.one, name="register-import"),
    path(f"{_ROOT}imports/<int:number>/doubts/", imports.doubts, name="register-doubts"),
    path(f"{_ROOT}imports/<int:number>/refused.csv", imports.refused, name="register-refused"),
    path(f"{_ROOT}firm/<str:uscc>/", firms.firm, name="enterprise"),
    path(f"{_ROOT}firm/<str:uscc>/files/", firm_files.add, name="enterprise-files"),
    path(f"{_ROOT}files/<int:pk>/", firm_files.show, name="enterprise-file"),
    path(f"{_ROOT}files/<int:pk>/withdraw/", firm_files.withdraw, name="enterprise-file-withdraw"),
    path(f"{_ROOT}firm/<str:uscc>/record/", firms.record, name="enterprise-record"),
]
