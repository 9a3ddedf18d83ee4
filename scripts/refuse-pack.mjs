/** `npm pack` in this folder would pack sources that need packages of development; the package is made elsewhere. */
process.stderr.write('cordon: make the package with `npm run package`; it is dist/cordon-VERSION.tgz.\n');
process.exitCode = 1;
