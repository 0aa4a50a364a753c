// Marks all of the chosen passage, its link too, and brings it into view; without this the browser jumps to its beginning.
function choose() {
  const id = decodeURIComponent(location.hash.slice(1));
  for (const old of document.querySelectorAll('.chosen')) old.classList.remove('chosen');
  for (const old of document.querySelectorAll('[aria-current]')) old.removeAttribute('aria-current');
  if (!/^q[0-9]+p[0-9]+$/.test(id)) return;
  const marks = document.querySelectorAll('mark[data-passages~="' + id + '"]');
  for (const mark of marks) mark.classList.add('chosen');
  const link = document.querySelector('a[href="#' + id + '"]');
  if (link) link.setAttribute('aria-current', 'true');
  // Blocks out of view have an estimated height until they are laid out: the second step corrects the first.
  const show = () => marks.length && marks[0].scrollIntoView({ block: 'center' });
  show();
  requestAnimationFrame(() => requestAnimationFrame(show));
}
addEventListener('hashchange', choose);
choose();
