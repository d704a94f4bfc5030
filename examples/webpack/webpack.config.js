export default {
  mode: 'production',
  entry: './main.js',
  output: { filename: 'main.js', clean: true },
  // The networks and their engine are large files of their own; the page's code is small.
  performance: { hints: false },
};
