// Runs before the first paint, so that a dark page never flashes white. The content policy allows no inline script.
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem('waybill-color-scheme')
  } catch {
    // Storage is blocked: the system decides.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
