// One file, and so one process, for all tests of the package: they share one tarball and one installation.
import './contents.js'
import './create.js'
import './install.js'
import './snippets.js'
import './types.js'
