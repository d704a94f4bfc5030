/** The engine's catalog in German, by ids. What is not known here stays English. */

/** @import { Catalog, Method, Setting } from 'peerlight' */

/**
 * @typedef {{ name: string, help: string }} Words
 * @typedef {{ name?: string, help?: string, choices?: Record<string, Words> }} SettingWords
 */

const POWER = { name: 'Potenz', help: 'Exponent, mit dem die Aktivierungen jeder Schicht summiert werden.' };
const SEED = { name: 'Startwert', help: 'Wählt die Zufallszahlen. Derselbe Startwert gibt dieselbe Karte.' };
const COPIES = { name: 'Stichproben', help: 'Anzahl der verrauschten Kopien des Bildes.' };
const CHANNELS = {
  name: 'Kanäle',
  help:
    'Anzahl der Kanäle, die versucht werden, die am stärksten schwankenden zuerst. 0 versucht alle, wie im ' +
    'Aufsatz.',
};

/** Those of the mutual map, which the page offers first. @type {Record<string, SettingWords>} */
const MUTUAL = {
  evidence: {
    name: 'Grundlage',
    help: 'Woraus die Karte jedes Netzes entsteht.',
    choices: {
      guided: {
        name: 'Aufmerksamkeit für die Klasse',
        help: 'Wohin das Netz blickt, begrenzt auf das, was für diese Klasse und gegen ähnliche spricht.',
      },
      attention: {
        name: 'Aufmerksamkeit',
        help: 'Wie bei Cheng u. a.: was in den gewählten Schichten aktiv ist, für jede Klasse gleich.',
      },
      class: {
        name: 'Klassenaktivierung',
        help: 'Was für die Klasse spricht, mit CAM in der letzten Schicht und LayerCAM in früheren.',
      },
    },
  },
  fuse: {
    name: 'Verschmelzung',
    help: 'Wie die Karten der Netze zusammengeführt werden.',
    choices: {
      mean: { name: 'Mittelwert', help: 'Eine Stelle zählt, wenn irgendein Netz auf sie blickt.' },
      geometric: { name: 'Geometrisches Mittel', help: 'Eine Stelle zählt nur, wenn jedes Netz auf sie blickt.' },
      product: { name: 'Produkt', help: 'Wie das geometrische Mittel, aber strenger.' },
    },
  },
  weight: {
    name: 'Gewichtung',
    help: 'Ob Regionen nach Übereinstimmung gewichtet werden.',
    choices: {
      uniform: { name: 'Keine', help: 'Alle Regionen zählen gleich viel.' },
      agreement: {
        name: 'Nach Übereinstimmung',
        help: 'Regionen, in denen die Netze sich unterscheiden, werden abgedunkelt.',
      },
    },
  },
  exponent: {
    name: 'Exponent',
    help:
      'Erhebt die gemeinsame Karte zu dieser Potenz. Über 1 werden schwache Stellen schwächer; die Rangfolge ' +
      'bleibt.',
  },
  power: POWER,
};

/** @type {Record<string, SettingWords>} */
const SETTINGS = {
  ...MUTUAL,
  grid: { name: 'Raster', help: 'Anzahl der Regionen je Seite des Quadrats.' },
  crop: {
    name: 'Ausschnitt',
    help: 'Größe des Quadrats, das die Netze sehen, als Anteil der kürzeren Seite.',
  },
  across: {
    name: 'Waagrecht',
    help: 'Ort des Quadrats: 0 ist der linke Rand des Bildes, 0,5 die Mitte, 1 der rechte Rand.',
  },
  down: {
    name: 'Senkrecht',
    help: 'Ort des Quadrats: 0 ist der obere Rand des Bildes, 0,5 die Mitte, 1 der untere Rand.',
  },
};

const CENTER_O = 'w der Gradient von log p / (1 - p) in der letzten Schicht';

/**
 * @typedef {Partial<Pick<Method, 'name' | 'shows' | 'caveat' | 'formula' | 'paper'>>} MethodText
 * @typedef {MethodText & { own?: Record<string, SettingWords> }} MethodWords
 */

/** @type {Record<string, MethodWords>} */
const METHODS = {
  mutual: {
    name: 'Gemeinsame Karte',
    shows:
      'Wohin die Netze für die Klasse blicken, in einer Karte. Wie weit sie übereinstimmen, steht daneben, Region ' +
      'für Region.',
    caveat:
      'Übereinstimmung beweist nicht, dass die Netze recht haben. Netze, die an denselben Bildern gelernt haben, ' +
      'können einen Irrtum teilen.',
    formula:
      'M = minmax(Mittel über die Netze m von G_m)^1.25; G_m = minmax(A_m + 4 O_m); A_m = überlagerte sum_k A_k^2; ' +
      `O_m = minmax(geglättete sum_k w_k A_k), ${CENTER_O}`,
    own: MUTUAL,
  },
  attention: {
    name: 'Aufmerksamkeitskarte',
    shows: 'Welche Stellen in den vier Schichten vor dem Klassifikator aktiv sind.',
    caveat: 'Die Karte ist für jede Klasse dieselbe: Aktive Stellen müssen nicht für die erklärte sprechen.',
    formula: 'M = minmax(Summe über die Schichten von minmax(sum_k |A_k|^p))',
    own: { power: POWER },
  },
  guided: {
    name: 'Aufmerksamkeit für die Klasse',
    shows: 'Wohin ein Netz blickt, begrenzt auf das, was für diese Klasse und gegen ähnliche spricht.',
    caveat: 'Die Karte gilt einem Netz. Die gemeinsame Karte vergleicht es mit einem anderen.',
    formula: `M = minmax(A + 4 O); A = überlagerte sum_k A_k^2; O = minmax(geglättete sum_k w_k A_k), ${CENTER_O}`,
    own: { power: POWER },
  },
  cam: {
    shows: 'Genau, wie viel jede Stelle der letzten Schicht zum Logit der Klasse beiträgt oder davon nimmt.',
    caveat: 'Die Karte ist grob: Jede Stelle der letzten Schicht sieht das meiste vom Bild.',
    formula: 'M = sum_k w_k A_k, w die Gewichte der Klasse im Klassifikator',
  },
  'grad-cam': {
    shows: 'Aktive Stellen der Kanäle, deren Anstieg, im Mittel über das Bild, das Logit der Klasse erhöht.',
    caveat:
      'Jeder Kanal hat ein Gewicht für das ganze Bild; es können also Stellen leuchten, auf die es nicht ankommt.',
    formula: 'M = ReLU(sum_k w_k A_k), w_k = Mittel über die Stellen von dy/dA_k',
  },
  'hires-cam': {
    shows: 'Welche Stellen das Logit der Klasse erhöhen: Gradient mal Aktivierung, Stelle für Stelle.',
    caveat:
      'Ein Gradient beschreibt nur kleine Änderungen. In der letzten Schicht ist die Karte der positive Teil von CAM.',
  },
  'grad-cam-pp': {
    shows: 'Wie Grad-CAM, aber gemacht, um mehrere Objekte der Klasse und ganze Objekte zu erfassen.',
    caveat:
      'Alle Gewichte sind positiv; die Karte hängt also wenig von der Klasse ab. Wo Aktivierungen negativ sind, ' +
      'kann ein Nenner nahe null die Karte unsicher machen.',
    formula:
      'M = ReLU(sum_k w_k A_k), w_k = Summe über die Stellen von a ReLU(g), g = dy/dA_k, ' +
      'a = g^2 / (2 g^2 + g^3 * Summe über die Stellen von A_k)',
  },
  'smooth-grad-cam-pp': {
    shows: 'Wie Grad-CAM++, mit Ableitungen, die über verrauschte Kopien des Bildes gemittelt sind.',
    caveat:
      'Die Karte beschreibt eher verrauschte Kopien als das Bild selbst. Ein anderer Startwert gibt eine andere Karte.',
    formula:
      'Wie Grad-CAM++ mit den Mitteln von g^2 und g^3 über n verrauschte Bilder; Aktivierung und ReLU(g) des ' +
      'letzten, wie in torch-cam',
    own: {
      samples: COPIES,
      std: { name: 'Rauschen', help: 'Standardabweichung des Rauschens, auf dem normierten Bild.' },
      seed: SEED,
    },
  },
  'xgrad-cam': {
    shows: 'Wie Grad-CAM, aber der Gradient zählt dort am meisten, wo der Kanal aktiv ist.',
    caveat:
      'Jeder Kanal hat ein Gewicht für das ganze Bild. Wo die Summe der Werte eines Kanals fast null ist, ist sein ' +
      'Gewicht unzuverlässig.',
    formula: 'M = ReLU(sum_k w_k A_k), w_k = Summe über die Stellen von A_k dy/dA_k / Summe über die Stellen von A_k',
  },
  'layer-cam': {
    shows: 'Aktive Stellen, deren Anstieg das Logit der Klasse erhöhen würde. Frühe Schichten geben feinere Karten.',
    caveat: 'Was gegen die Klasse spricht, fehlt: Negative Gradienten fallen weg.',
    formula: 'M = ReLU(sum_k ReLU(dy/dA_k) A_k); bei mehreren Schichten das Maximum von tanh(2 M)',
  },
  'eigen-cam': {
    shows: 'Das Muster, das die meisten Kanäle einer Schicht teilen.',
    caveat: 'Die Karte ist für jede Klasse dieselbe.',
    formula:
      'M = ReLU(B v), B = A abzüglich des Mittels jedes Kanals, [Stellen, Kanäle], v der erste rechte Singulärvektor ' +
      'davon, mit dem Vorzeichen, das den betragsgrößten Wert von B v positiv macht',
  },
  'score-cam': {
    shows: 'Aktive Stellen der Kanäle, die als Masken des Bildes das Logit der Klasse am höchsten halten.',
    caveat:
      'Softmax kann fast alles Gewicht wenigen Kanälen geben. Die Maskierung blendet zu mittlerem Grau. Hat eine ' +
      'Schicht negative Werte, kann die Karte leer sein.',
    formula: 'M = ReLU(sum_k w_k A_k), w = Softmax über k von y(x * up(minmax(A_k))) - y(x)',
    own: { channels: CHANNELS },
  },
  'ss-cam': {
    shows: 'Wie Score-CAM, mit dem Wert jedes Kanals, über verrauschte Masken gemittelt.',
    caveat:
      'Rauschen in der Stärke, die torch-cam voreinstellt, übertönt die Masken. Ein anderer Startwert gibt eine ' +
      'andere Karte.',
    formula:
      'M = ReLU(sum_k w_k A_k), w = Softmax über k des Mittels über i von y(x * (up(minmax(A_k)) + n_ik)) - y(x), ' +
      'n normalverteiltes Rauschen',
    own: {
      channels: CHANNELS,
      samples: { name: 'Stichproben', help: 'Anzahl der verrauschten Masken je Kanal.' },
      std: { name: 'Rauschen', help: 'Standardabweichung des Rauschens. Masken reichen von 0 bis 1.' },
      seed: SEED,
    },
  },
  'is-cam': {
    shows: 'Wie Score-CAM, mit dem Wert jedes Kanals, über mehrere Stärken des maskierten Bildes gemittelt.',
    caveat:
      'Die Stärken summieren sich, wie in torch-cam. Die meisten liegen über 1; die Netze sehen also Bilder, die ' +
      'keine Kamera macht.',
    formula:
      'M = ReLU(sum_k w_k A_k), w = Softmax über k des Mittels über i von y(c_i x * up(minmax(A_k))) - y(x), ' +
      'c_i = (1 + .. + i) / n',
    own: { channels: CHANNELS, samples: { name: 'Schritte', help: 'Anzahl der Stärken je Kanal.' } },
  },
  'ablation-cam': {
    shows: 'Aktive Stellen der Kanäle, deren Wegfall das Logit der Klasse senkt.',
    caveat:
      'Kanäle werden einzeln entfernt; gemeinsame Wirkungen entgehen dem Verfahren. Entfernen heißt null, und das ' +
      'ist vor einer Aktivierungsfunktion ein gewöhnlicher Wert.',
    formula: 'M = ReLU(sum_k w_k A_k), w_k = (y - y ohne Kanal k) / y',
  },
  'recipro-cam': {
    shows: 'Wie wahrscheinlich die Klasse ist, wenn der Rest des Netzes nur eine Stelle einer Schicht bekommt.',
    caveat:
      'Gemeinsame Wirkungen von Stellen entgehen dem Verfahren. Mit Merkmalen einer einzigen Stelle wurden die ' +
      'Netze nie trainiert.',
    formula: 'M(i, j) = Wahrscheinlichkeit der Klasse, wenn A nur seine Werte um die Stelle (i, j) behält',
    own: {
      gaussian: {
        name: 'Weiche Stellen',
        help: '1 behält auch die Nachbarn, mit einer Gauß-Glocke von 3 × 3 gewichtet. 0 behält die Stelle allein.',
      },
    },
  },
  rise: {
    shows:
      'Welche Stellen die Klasse wahrscheinlich machen, wenn sie sichtbar sind. Nur die Ausgaben des Netzes werden ' +
      'benutzt.',
    caveat: 'Mit wenigen Masken ist die Karte verrauscht. Ein anderer Startwert gibt eine andere Karte.',
    formula:
      'M = 1 / (n p) * sum_i P(x * m_i) m_i, m_i ein zufälliges Raster, vergrößert und zufällig verschoben, P die ' +
      'Wahrscheinlichkeit der Klasse',
    own: {
      samples: { name: 'Masken', help: 'Anzahl der zufälligen Masken. Der Aufsatz nimmt 4000 bis 8000.' },
      grid: { name: 'Zellen', help: 'Anzahl der Zellen je Seite einer Maske.' },
      keep: { name: 'Behalten', help: 'Anteil der Zellen, den eine Maske behält.' },
      seed: SEED,
    },
  },
  occlusion: {
    name: 'Verdeckung',
    shows: 'Wie weit das Logit der Klasse fällt, wenn ein schwarzes Quadrat eine Stelle verdeckt.',
    caveat:
      'Gemeinsame Wirkungen entfernter Stellen und Einzelheiten, die kleiner sind als das Quadrat, entgehen dem ' +
      'Verfahren. Das schwarze Quadrat ist selbst etwas, das man sieht.',
    formula: 'M(i, j) = Mittel über die Fenster W, die das Pixel bedecken, von y(x) - y(x mit W schwarz)',
    own: {
      window: { name: 'Fenster', help: 'Seite des schwarzen Quadrats, in Pixeln der Eingabe der Netze.' },
      stride: { name: 'Schrittweite', help: 'Abstand benachbarter Quadrate, in Pixeln.' },
    },
  },
  'opti-cam': {
    shows: 'Die Mischung von Kanälen, die als Maske das Logit der Klasse am höchsten hält.',
    caveat: 'Die Karte ist auf das optimiert, was Maskierungsmaße messen; ein hoher Wert dort beweist also wenig.',
    formula: 'M = sum_k w_k A_k, w = softmax(u), u mit Adam auf das größte y(x * minmax(up(M))) optimiert',
    own: {
      steps: { name: 'Schritte', help: 'Anzahl der Schritte des Optimierers (Adam). Der Aufsatz nimmt 500.' },
      rate: { name: 'Lernrate', help: 'Lernrate des Optimierers (Adam).' },
    },
  },
  'gradient-x-input': {
    name: 'Gradient × Eingabe',
    shows: 'Pixel für Pixel eine lineare Schätzung dessen, was das Pixel zum Logit der Klasse beiträgt.',
    caveat:
      'Gradienten einzelner Pixel sehen aus wie Rauschen und zeigen keine Formen. Pixel in mittlerem Grau zählen ' +
      'nichts.',
    formula: 'M = ReLU(Summe über die Farben von x * dy/dx), x normiert',
  },
  'integrated-gradients': {
    name: 'Integrierte Gradienten',
    shows: 'Pixel für Pixel sein Anteil am Unterschied des Logits zwischen dem Bild und einem schwarzen.',
    caveat:
      'Schwarze Pixel zählen nichts. Negative Anteile fallen hier weg; die Karte ergibt also nicht mehr die Summe.',
    formula:
      'M = ReLU(Summe über die Farben von (x - b) * Mittel über t von dy/dx bei b + t (x - b)), b schwarz, ' +
      't = (i + 1/2) / n',
    own: { samples: { name: 'Schritte', help: 'Anzahl der Schritte von Schwarz zum Bild.' } },
  },
  'smooth-grad': {
    shows:
      'Pixel für Pixel, wie stark das Logit der Klasse auf eine Änderung antwortet, über verrauschte Kopien gemittelt.',
    caveat:
      'Das Vorzeichen fällt weg: Ein helles Pixel kann gegen die Klasse sprechen. Ein anderer Startwert gibt eine ' +
      'andere Karte.',
    formula: 'M = Summe über die Farben von |Mittel über i von dy/dx bei x + n_i|, n_i normalverteiltes Rauschen',
    own: {
      samples: COPIES,
      std: { name: 'Rauschen', help: 'Standardabweichung des Rauschens, als Anteil des Wertebereichs des Bildes.' },
      seed: SEED,
    },
  },
  'control-ones': {
    name: 'Lauter Einsen',
    shows: 'Eine Kontrolle: Jedes Pixel hat denselben Wert.',
    caveat:
      'Die Karte ordnet nichts. Weiches Maskieren mit ihr ändert nichts; ihr Abfall ist also 0. Obere Hälfte, ' +
      'Einfügen und Löschen entscheiden Gleichstände nach der Lage und behalten so die obere Hälfte.',
  },
  'control-noise': {
    name: 'Gleichverteiltes Rauschen',
    shows: 'Eine Kontrolle: Der Wert jedes Pixels ist zufällig, wie auch das Bild aussieht.',
    caveat:
      'Die Karte weiß nichts vom Bild. Ein Verfahren, das nicht besser abschneidet, ordnet die Pixel nicht besser ' +
      'als der Zufall.',
    formula: 'M = u, u gleichverteilt in 0..1',
    own: { seed: SEED },
  },
  'control-gaussian': {
    name: 'Gauß-Glocke in der Mitte',
    shows: 'Eine Kontrolle: nur die Mitte, wohin man beim Fotografieren das Objekt gern setzt.',
    caveat:
      'Die Karte weiß nichts vom Bild. Bei Bildern mit einem Objekt in der Mitte muss ein Verfahren sie ' +
      'übertreffen, um zu zeigen, dass es das Objekt gefunden hat.',
    formula: 'M(p) = exp(-|p - Mitte|^2 / (2 (Seite/4)^2))',
  },
  'control-fake': {
    shows: 'Eine Kontrolle: das ganze Bild bis auf ein Pixel.',
    caveat:
      'Mittlerer Abfall und mittlerer Anstieg bewerten sie fast als vollkommen, obwohl sie nichts ordnet. Obere ' +
      'Hälfte, Einfügen und Löschen entscheiden Gleichstände nach der Lage und behalten so die obere Hälfte.',
    formula: 'M = 1, aber 0 in der linken oberen Ecke',
  },
};

/** @type {Record<string, { name?: string, short?: string, help: string }>} */
const METRICS = {
  'average-drop': {
    name: 'Mittlerer Abfall',
    short: 'Abfall',
    help:
      'Wie viel von der Wahrscheinlichkeit der Klasse verloren geht, wenn vom Bild nur bleibt, was die Karte ' +
      'zeigt. Eine Karte aus fast lauter Einsen verliert beim weichen Maskieren nichts; lesen Sie es also zusammen ' +
      'mit den Kontrollen und der Komplexität.',
  },
  'average-increase': {
    name: 'Mittlerer Anstieg',
    short: 'Anstieg',
    help:
      'Wie oft das Netz sich der Klasse sicherer ist, wenn vom Bild nur bleibt, was die Karte zeigt. Für ein ' +
      'einzelnes Bild ist es 0 oder 100. Fake-CAM, das ein einziges Pixel entfernt, schneidet dabei gut ab.',
  },
  'average-gain': {
    name: 'Mittlerer Gewinn',
    short: 'Gewinn',
    help:
      'Wie viel näher das Netz der Gewissheit kommt, wenn vom Bild nur bleibt, was die Karte zeigt. Der mittlere ' +
      'Anstieg zählt, wie oft das geschieht, der mittlere Gewinn, um wie viel.',
  },
  insertion: {
    name: 'Einfügen',
    short: 'Einfügen',
    help:
      'Pixel werden auf Schwarz aufgedeckt, die wichtigsten zuerst. Das Maß ist die Fläche unter der ' +
      'Wahrscheinlichkeit der Klasse. Mit halb schwarzen Bildern wurden die Netze nie trainiert.',
  },
  'insertion-blur': {
    name: 'Einfügen auf Unschärfe',
    short: 'Einf. unscharf',
    help:
      'Pixel werden auf einer unscharfen Kopie des Bildes statt auf Schwarz aufgedeckt. So entstehen weniger harte ' +
      'Kanten, aber die Unschärfe zeigt schon etwas von der Klasse; alle Verfahren rücken also zusammen.',
  },
  deletion: {
    name: 'Löschen',
    short: 'Löschen',
    help:
      'Pixel werden schwarz, die wichtigsten zuerst. Das Maß ist die Fläche unter der Wahrscheinlichkeit der ' +
      'Klasse. Verstreute Karten schneiden gut ab: Ein paar schwarze Punkte verwirren ein Netz, ohne zu zeigen, ' +
      'wohin es blickt.',
  },
  complexity: {
    name: 'Komplexität',
    short: 'Komplexität',
    help:
      'Wie viel vom Bild die Karte bedeckt: ihr mittlerer Wert. Am einfachsten ist die Karte eines einzigen ' +
      'Punktes, ob der Punkt nun stimmt oder nicht.',
  },
  coherency: {
    name: 'Kohärenz',
    short: 'Kohärenz',
    help:
      'Ob das Verfahren wieder dieselbe Karte gibt, wenn es nur erklärt, was seine Karte vom Bild übrig lässt. Ein ' +
      'Verfahren, das immer dieselbe Karte gibt, ist vollkommen kohärent und sagt nichts.',
  },
  adcc: {
    help:
      'Kohärenz, Einfachheit und kleiner mittlerer Abfall in einer Zahl, ihrem harmonischen Mittel. Ein Verfahren ' +
      'muss in allen dreien leidlich sein; der Trick von Fake-CAM hilft also nicht. Alle drei zählen gleich, was ' +
      'eine Entscheidung ist. Über viele Bilder wird es aus deren Mitteln berechnet.',
  },
  road: {
    help:
      'Entfernt die unwichtigsten und die wichtigsten Pixel, füllt die Lücken aus ihrer Umgebung und vergleicht. ' +
      'Über 0 bedeutet die Reihenfolge der Karte etwas; eine zufällige gibt etwa 0. Die Füllung zeigt noch ' +
      'schwach, wo die Lücken waren.',
  },
  pointing: {
    name: 'Zeigespiel',
    short: 'Zeigen',
    help:
      'Ob der höchste Punkt der Karte in einem Rahmen um das Objekt liegt. Gefragt ist, wo Menschen die Klasse ' +
      'sehen, und das muss nicht sein, was das Netz benutzt: Ein Netz kann aufs Wasser blicken und Schiff sagen.',
  },
  energy: {
    name: 'Energiespiel',
    short: 'Energie',
    help:
      'Wie viel der Karte in einem Rahmen um das Objekt liegt. Zufall ist der Anteil des Bildes, den die Rahmen ' +
      'bedecken; große Objekte sind also leicht. Gefragt ist, wo Menschen die Klasse sehen, nicht, was das Netz ' +
      'benutzt.',
  },
};

/** @type {Record<string, { name: string, help: string }>} */
const MASKINGS = {
  top50: {
    name: 'Obere Hälfte',
    help: 'Die Hälfte der Pixel, die in der Karte am höchsten steht, bleibt; der Rest ist schwarz.',
  },
  soft: {
    name: 'Weich',
    help: 'Jedes Pixel wird mit der Karte multipliziert; unwichtige verblassen zu Schwarz.',
  },
  'soft-normalised': {
    name: 'Zu Grau verblassend',
    help:
      'Jedes normierte Pixel wird mit der Karte multipliziert; unwichtige verblassen zum mittleren Grau, wie in ' +
      'torch-cam.',
  },
};

/** @type {Record<string, { name: string, help: string }>} */
const BASELINES = {
  black: { name: 'Schwarz', help: 'Verdeckte Stellen werden schwarz.' },
  mean: { name: 'Mittleres Grau', help: 'Verdeckte Stellen bekommen das mittlere Grau der Trainingsbilder.' },
  blurred: { name: 'Unscharf', help: 'Verdeckte Stellen werden unscharf: Farben bleiben, Einzelheiten gehen.' },
  imputed: { name: 'Aufgefüllt', help: 'Verdeckte Stellen werden aus dem aufgefüllt, was um sie sichtbar ist.' },
};

/** @type {Record<string, { name: string }>} */
const COLORS = { gray: { name: 'Grau' } };

/**
 * @param {Record<string, SettingWords>} known
 * @returns {(setting: Setting) => Setting}
 */
const setting = (known) => (found) => {
  const { choices: words, ...own } = known[found.id] ?? {};
  const choices = found.choices?.map((choice) => ({ ...choice, ...words?.[choice.id] }));
  return { ...found, ...own, ...(choices && { choices }) };
};

/**
 * @param {Method} found
 * @returns {Method}
 */
function method(found) {
  const { own = {}, ...words } = METHODS[found.id] ?? {};
  const paper = found.paper
    .replace('Regions and mutual map:', 'Regionen und gemeinsame Karte:')
    .replace(
      "Class guidance (4 O) and exponent: Peerlight's own",
      'Führung durch die Klasse (4 O) und Exponent: eigene',
    )
    .replace("Class guidance (4 O): Peerlight's own. Attention A:", 'Führung durch die Klasse (4 O): eigene. A:');
  return { ...found, paper, ...words, settings: found.settings.map(setting(own)) };
}

/**
 * @template {{ id: string }} T
 * @param {T[]} all
 * @param {Record<string, object>} known
 */
const named = (all, known) => all.map((one) => ({ ...one, ...known[one.id] }));

/**
 * The catalog in German; what is not known stays English.
 * @param {Catalog} found
 * @returns {Catalog}
 */
export const catalog = (found) => ({
  ...found,
  methods: found.methods.map(method),
  metrics: named(found.metrics, METRICS),
  maskings: named(found.maskings, MASKINGS),
  baselines: named(found.baselines, BASELINES),
  settings: found.settings.map(setting(SETTINGS)),
  colors: named(found.colors, COLORS),
});
