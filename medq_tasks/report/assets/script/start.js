// A page without answers has numbers alone.
if (answers.length) {
  $("browser").hidden = false;
  refresh();
}
follow();
