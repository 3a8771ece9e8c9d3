// A browser for the tests, where this machine has none.
import { installBrowser } from '../test/support/browser.ts'

installBrowser()
