import { catalog } from './de-catalog.js';
import { ERRORS, heard } from './de-engine.js';
import { TOOLS } from './de-tools.js';

/** @import { Language } from './index.js' */

/** Every text that the page shows, in German. `en.js` says what the keys mean. */

/** @type {Language['words']} */
const words = {
  // Was mehrere Ordner sagen.
  'count.file': { one: '{n} Datei', other: '{n} Dateien' },
  'count.image': { one: '{n} Bild', other: '{n} Bilder' },
  'count.layer': { one: '{n} Schicht', other: '{n} Schichten' },
  'count.map': { one: '{n} Karte', other: '{n} Karten' },
  'count.method': { one: '{n} Verfahren', other: '{n} Verfahren' },
  'count.network': { one: '{n} Netz', other: '{n} Netze' },
  'count.region': { one: '{n} Region', other: '{n} Regionen' },
  'unit.less-than': '<{n}',
  'unit.kb': '{n} kB',
  'unit.mb': '{n} MB',
  'unit.ms': '{n} ms',
  'unit.s': '{n} s',
  'about.moment': 'unter einer Sekunde',
  'about.seconds': 'etwa {n} s',
  'about.minutes': 'etwa {n} min',
  'about.hours': 'etwa {n} h',
  passes: '{n} Durchläufe',
  'passes.forward': '{n} vorwärts',
  'passes.partial': '{n} teilweise',
  'passes.backward': '{n} rückwärts',
  'far.count': '{done} von {total}',
  'try-again': 'Noch einmal versuchen',
  'try-again.help': 'Versuchen Sie es noch einmal.',
  'reload.help': 'Laden Sie die Seite neu. Hilft das nicht, liegen nicht alle ihre Dateien auf dem Server.',
  progress: 'Fortschritt',
  'error.detail': 'Im Wortlaut des Programms:',
  'classes.list': 'Klassen',
  'classes.none': 'Diese Netze haben keine Klasse dieses Namens.',
  'classes.more': '{n} weitere; tippen Sie mehr, um einzugrenzen.',

  // app/
  'offline.ready': 'Sie sind offline. Alles, was geladen ist, geht weiter.',
  'offline.kept': 'Sie sind offline. Die Seite arbeitet mit dem, was auf diesem Gerät aufbewahrt ist.',
  'offline.incomplete':
    'Ein Teil der Seite konnte nicht geladen werden: „Was wäre, wenn“, viele Bilder und der Vergleich fehlen. ' +
    'Laden Sie die Seite neu.',
  'offline.bare': 'Sie sind offline. Netze, die noch nicht auf diesem Gerät sind, lassen sich nicht laden.',
  'update.there': 'Es gibt eine neue Fassung dieser Seite.',
  'update.take': 'Mit der neuen Fassung neu laden',
  'theme.light': 'Hell',
  'theme.dark': 'Dunkel',
  'theme.to-light': 'Hell: zu hellen Farben wechseln',
  'theme.to-dark': 'Dunkel: zu dunklen Farben wechseln',
  language: 'Sprache',
  'status.opening': 'Das Bild wird geöffnet …',
  'status.doing': '{doing} …',
  'status.doing-next': '{doing} … Ihr Bild ist als nächstes dran.',
  'status.failed': 'Die Erklärung ist gescheitert.',
  'status.explaining': 'Das Bild wird erklärt …',
  'status.device': 'Das Gerät wird gewechselt …',
  'status.stopped': 'Angehalten.',
  'status.stopped-earlier': 'Angehalten. Was Sie sehen, gehört zu den früheren Einstellungen.',
  'status.explain-again': 'Noch einmal erklären',
  'status.ready': 'Bereit. Wählen Sie ein Bild.',
  'status.choose': 'Wählen Sie ein Bild.',
  'status.load-stopped': 'Das Laden der Netze wurde angehalten.',
  'status.load': 'Netze laden',
  'status.load-failed': 'Die Netze konnten nicht geladen werden.',
  'status.stopped-stay': 'Angehalten. Die bisherigen Netze bleiben offen.',
  'status.unopened': 'Diese Netze konnten nicht geöffnet werden. Die bisherigen Netze bleiben offen.',
  'status.loading': 'Die Netze werden geladen',
  'status.still': 'Weiterhin ist {name} zu sehen.',
  'status.took': 'Dauer: {time}.',
  'status.cancel': 'Abbrechen',
  'key.escape': 'Esc-Taste',

  // images/
  'intake.no-file': 'Das war keine Bilddatei.',
  'intake.no-file.help': 'Speichern Sie das Bild zuerst und ziehen Sie dann die Datei hierher.',
  'intake.empty-clipboard': 'In der Zwischenablage ist kein Bild.',
  'intake.empty-clipboard.help': 'Kopieren Sie ein Bild und fügen Sie es dann hier ein.',
  'intake.none': 'Unter diesen Dateien ist kein Bild.',
  'intake.none.help': 'Wählen Sie JPEG-, PNG- oder WebP-Bilder.',
  'intake.left-out': {
    one: '{n} Datei ausgelassen (kein Bild, versteckt oder unlesbar): {names}.',
    other: '{n} Dateien ausgelassen (keine Bilder, versteckt oder unlesbar): {names}.',
  },
  'intake.more': 'und {n} weitere',
  'intake.no-sample': 'Das Beispiel konnte nicht geladen werden.',
  'intake.no-sample.help': 'Prüfen Sie die Verbindung und wählen Sie es noch einmal.',
  credits: 'Herkunft der Beispiele',

  // networks/
  'networks.choose': 'Andere Netze wählen oder eigene mitbringen',
  'networks.list': 'Netze',
  'networks.yours-kept': '{size}. Ihre eigenen, auf diesem Gerät aufbewahrt.',
  'networks.shipped': '{size}. {note}',
  'networks.remove': 'Entfernen',
  'networks.remove-kept': '{name} von diesem Gerät entfernen',
  'networks.remove-file': '{name} entfernen',
  'networks.know-imagenet': 'Sie kennen 1000 Dinge, darunter 118 Hunderassen, aber keine Menschen.',
  'networks.know-many': 'Sie kennen {count} Klassen: {some} und andere.',
  'networks.know': 'Sie kennen {some}. Das sind alle {count}.',
  'networks.are': 'Netze: {name}. {note}',
  'networks.yours': 'Es sind Ihre eigenen: Wie sie trainiert wurden, ist hier nicht bekannt.',
  'networks.own': 'Eigene Netze',
  'networks.what':
    'Ziehen Sie Dateien irgendwohin auf die Seite: ONNX-Dateien (.onnx) und Bündel (.safetensors), bis zu 8 Netze, ' +
    '500 MB je Datei. Eine Datei mit den Namen der Klassen kann dabei sein. Alles wird auf diesem Gerät gelesen und ' +
    'nirgendwohin gesendet.',
  'networks.files': 'Dateien wählen',
  'networks.load': 'Laden',
  'networks.address': 'oder die Adresse eines Netzes auf dieser Website',
  'networks.keep': 'Auf diesem Gerät aufbewahren',
  'networks.open': 'Öffnen',
  'networks.open-n': { one: '{n} Netz öffnen', other: '{n} Netze öffnen' },
  'networks.reading': 'Wird gelesen …',
  'networks.too-many': 'Das sind {n} Netze; höchstens {most} werden zusammen geöffnet. Entfernen Sie einige.',
  'networks.no-text': '„{name}“ wurde nicht gelesen: Es ist kein Text in UTF-8 oder UTF-16.',
  'networks.no-text.help': 'Speichern Sie es als UTF-8 und geben Sie es noch einmal.',
  'networks.unused': {
    one: '{names} wurde nicht verwendet: Die Klassennamen kamen aus einer anderen Datei.',
    other: '{names} wurden nicht verwendet: Die Klassennamen kamen aus einer anderen Datei.',
  },
  'networks.others': {
    one: '{n} Datei wurde ausgelassen (kein Netz und nichts zu einem): {names}.',
    other: '{n} Dateien wurden ausgelassen (keine Netze und nichts zu einem): {names}.',
  },
  'networks.unused.help': 'Geben Sie einer Datei mit Namen den Namen ihres Netzes, etwa a.txt für a.onnx.',
  'networks.left-out': {
    one: '{n} Datei ist nicht zu gebrauchen und bleibt draußen.',
    other: '{n} Dateien sind nicht zu gebrauchen und bleiben draußen.',
  },
  'networks.alone': 'Ein Netz allein hat Karten und Maße, aber nichts, womit es übereinstimmen könnte.',
  'networks.no-network': '„{name}“ enthält kein Netz.',
  'networks.no-network.help':
    'Wählen Sie eine ONNX-Datei oder ein Bündel, das `peerlight import` oder `peerlight train` erzeugt hat.',
  'networks.unlisted': 'In der Liste der Netze fehlen die gewünschten.',
  'networks.not-kept': 'Diese Netze konnten hier nicht aufbewahrt werden.',
  'networks.not-kept.help':
    'Sie bleiben offen. Schaffen Sie Platz auf diesem Gerät, oder ziehen Sie die Dateien beim nächsten Mal wieder ' +
    'hierher.',
  'networks.spoilt': 'Die Kopie der Netze, die dieser Browser aufbewahrte, war beschädigt.',
  'networks.spoilt.help':
    'Was gezeigt wurde, kann falsch sein. Wählen Sie das Bild noch einmal: Dann werden die Netze neu geladen.',
  'networks.no-longer': 'Diese Netze sind hier nicht mehr aufbewahrt.',
  'networks.file-no-longer': 'Eine Datei dieser Netze ist hier nicht mehr aufbewahrt.',
  'networks.answered': 'Der Server antwortete mit {code} auf {path}.',
  'networks.unconnected': 'Keine Verbindung zu {host}.',
  'networks.no-address': 'Das ist keine Adresse.',
  'networks.no-address.help': 'Geben Sie die Adresse einer .onnx- oder .safetensors-Datei an.',
  'networks.elsewhere':
    'Diese Seite darf sich nicht mit {host} verbinden: Ihre Richtlinie hält sie auf der eigenen Website, damit Ihre ' +
    'Bilder hier bleiben.',
  'networks.elsewhere.help': 'Laden Sie die Datei herunter und ziehen Sie sie dann hierher.',
  'foreign.pytorch': '„{name}“ ist eine PyTorch-Datei, die hier nicht gelesen werden kann.',
  'foreign.pytorch.help': 'Exportieren Sie das Netz mit torch.onnx.export(model, image, "model.onnx").',
  'foreign.keras': '„{name}“ ist eine Keras- oder TensorFlow-Datei, die hier nicht gelesen werden kann.',
  'foreign.keras.help': 'Wandeln Sie sie mit `python -m tf2onnx.convert` in ONNX um.',
  'foreign.tflite': '„{name}“ ist eine TensorFlow-Lite-Datei, die hier nicht gelesen werden kann.',
  'foreign.tflite.help': 'Wandeln Sie sie mit `python -m tf2onnx.convert --tflite` in ONNX um.',
  'foreign.paddle': '„{name}“ ist eine Paddle-Datei, die hier nicht gelesen werden kann.',
  'foreign.paddle.help': 'Wandeln Sie sie mit `paddle2onnx` in ONNX um.',
  'foreign.other': '„{name}“ ist eine Datei anderer Art, die hier nicht gelesen werden kann.',
  'foreign.other.help': 'Exportieren Sie das Netz als ONNX.',
  device: 'Gerät',
  'device.auto': 'Automatisch',
  'device.cpu': 'CPU',
  'device.webgpu': 'WebGPU',
  'device.on-cpu': 'Rechnet auf der CPU.',
  'device.on-cpu-named': 'Rechnet auf der CPU ({name}).',
  'device.on-webgpu': 'Rechnet mit WebGPU.',
  'device.on-webgpu-named': 'Rechnet mit WebGPU ({name}).',
  'device.none': 'Noch nicht gestartet.',
  'device.changing': 'Wird gewechselt …',
  'device.unchanged': 'Das Gerät wurde nicht gewechselt: {why}',
  'model.guess': 'Vermutung nehmen',
  'model.from-file': 'Aus einer Datei',
  'model.size': 'Bildgröße',
  'model.pixels': 'Pixel',
  'model.prepared': 'Aufbereitung der Bilder',
  'model.names': 'Namen der Klassen',
  'model.millions': '{n} Millionen',
  'model.facts': '{weights} Gewichte, Bilder von {side} × {side}, {classes} Klassen, {layers}; am Ende {head}.',
  'head.linear': 'Mittelung und ein linearer Klassifikator',
  'head.average': 'Mittelung',
  'head.opaque': 'ein eigener Klassifikator, sodass CAM entfällt und die Karten aus Gradienten entstehen',
  'model.names-from': 'Aus {file}: {some}; …',
  'model.names-imagenet': 'Die von ImageNet: {some}; …',
  'model.names-numbers': 'Die Datei hat keine, also sind sie nummeriert.',
  'model.names-own': 'Aus der Datei des Netzes: {some}; …',

  // explain/
  agreement: 'Lokale Übereinstimmung',
  'agreement.alone':
    'Ein Netz allein hat nichts, womit es übereinstimmen könnte. Öffnen Sie ein zweites, um die Karten zu vergleichen.',
  'agreement.class': 'Klasse: {class}, {why}.',
  'agreement.chosen': 'von Ihnen gewählt',
  'agreement.likeliest': 'die Klasse mit der höchsten mittleren Wahrscheinlichkeit ({probabilities})',
  'agreement.lacks': '{each} hat keine solche Klasse und erklärt die eigene erste.',
  'agreement.lack': '{each} haben diese Klasse nicht und erklären ihre eigenen ersten.',
  'agreement.unlike': 'Keine Klasse dieser Netze hat denselben Namen; ihre Karten gelten also verschiedenen Dingen.',
  'agreement.overlap':
    'Die hellsten Fünftel der Karten überlappen sich zu {overlap} (bei Karten ohne Zusammenhang: etwa {chance}).',
  'agreement.trust':
    'Bei 100 Testfotos mit ähnlicher Übereinstimmung lag die hellste Stelle in etwa {rate} Fällen auf dem Objekt ' +
    '({low} bis {high}).',
  'agreement.mean':
    'Die mittlere Korrelation über {grid} x {grid} Regionen (Grundlage: {evidence}; Ausschnitt {crop}). Alle Netze ' +
    'blicken auf {all}, keines auf {none}.',
  'agreement.of-method': 'die des Verfahrens',
  'agreement.guided': 'Aufmerksamkeit für die Klasse',
  'agreement.attention': 'Aufmerksamkeit',
  'agreement.class-activation': 'Klassenaktivierung',
  'agreement.flat': { one: '{n} flache Region zählt als 0.', other: '{n} flache Regionen zählen als 0.' },
  reliability:
    'Trefferquoten von der geringsten zur größten Übereinstimmung: {rates} von 100; dieses Bild liegt in Stufe {step}.',
  class: 'Klasse',
  'class.automatic': 'Automatisch',
  'class.automatic-is': 'Automatisch: {label}',
  'class.help':
    'Tippen Sie, um zu suchen, oder drücken Sie eine Klasse in der Liste eines Netzes. Die Namen der Klassen ' +
    'bleiben, wie die Netze sie mitbringen.',
  'class.explained': 'Diese Klasse wird erklärt',
  'class.explain': '„{label}“ erklären',
  'maps.mutual': 'Gemeinsame Karte',
  'maps.mutual-short': 'Gemeinsam',
  'maps.map': 'Karte: {name}',
  'maps.blank': 'Leer: nichts sticht hervor',
  'maps.correlation': 'Korrelation je Region',
  'maps.correlation-label': 'Korrelation jeder Region; die Tabelle unten nennt die Zahlen',
  'maps.least': 'Aufmerksamkeit, jede Karte auf eigener Skala: am wenigsten',
  'maps.most': 'am meisten',
  'maps.from': 'Korrelation: −1',
  'maps.over': 'Karte über dem Bild',
  region: 'Region',
  'region.at': 'Zeile {row}, Spalte {column}',
  'region.correlation': 'Korrelation {rho}',
  'region.nothing': 'nichts zu vergleichen',
  'region.image': 'Bild',
  'region.image-label': 'Das Bild in dieser Region',
  'region.map-label': 'Die Karte von {name} in dieser Region',
  'region.hint':
    'Jeder Ausschnitt ist auf vollen Kontrast gespreizt, denn die Stärke zählt für die Korrelation nicht. Die Zahl ' +
    'darunter sagt, wie stark das Netz hierher blickt (0 bis 1). Zeigen oder Pfeiltasten: eine andere ' +
    'Region; ein Klick hält sie fest.',
  'region.none': 'Kein Netz blickt hierher ({each}, von 1), also gibt es nichts zu vergleichen.',
  'region.some': 'Nicht alle Netze blicken hierher ({each}, von 1).',
  'region.flat-both':
    'Beide Netze blicken hierher. Eine Karte ist flach, also gibt es keine Korrelation; die Region zählt als 0.',
  'region.flat-all':
    'Alle Netze blicken hierher. Eine Karte ist flach, also gibt es keine Korrelation; die Region zählt als 0.',
  'region.both': 'Beide Netze blicken hierher ({each}, von 1). In dieser Region {how}.',
  'region.all': 'Alle Netze blicken hierher ({each}, von 1). In dieser Region {how}.',
  'region.pairs-range': 'Die Paare reichen von {low} bis {high}.',
  'region.pairs': 'Paar für Paar: {pairs}.',
  'region.together': 'steigen und fallen die Karten gemeinsam',
  'region.partly': 'stimmen die Karten teilweise überein',
  'region.apart': 'steigt eine Karte, wo die andere fällt',
  'region.little': 'haben die Karten wenig gemeinsam',
  'region.label': 'Zeile {row}, Spalte {column}: {facts}',
  'region.label-flat': 'keine Korrelation, flach',
  'region.label-attention': 'Aufmerksamkeit von {name}: {mean}',
  'regions.table': 'Tabelle der Regionen',
  'regions.open': 'Alle Regionen als Tabelle',
  'regions.caption': '{grid} × {grid} Regionen, von oben links gezählt',
  'regions.row': 'Zeile',
  'regions.column': 'Spalte',
  'regions.correlation': 'Korrelation',
  'regions.attention': '{name}: mittlere Aufmerksamkeit',
  'regions.effect': '{name}: Wirkung auf die Log-Odds',
  'regions.note': 'Anmerkung',
  'regions.flat': 'flach: keine Korrelation',
  'region.pinned': 'Diese Region ist festgehalten. Ein weiterer Klick oder Escape lässt sie los.',
  'region.label-mutual': 'gemeinsame Aufmerksamkeit {n}',
  'region.label-pair': 'dieses Paar {n}',
  'regions.pair': '{a} und {b}',
  'settings.more': 'Weitere Einstellungen',
  'view.numbers': 'Zahlen in den Regionen',
  'view.attention': 'Aufmerksamkeit',
  'view.correlation': 'Korrelation',
  'view.image': 'Bild',
  'view.map': 'Karte',
  'view.not-for-judging': '{name} (nicht zum Beurteilen)',
  'viewer.crop': 'Ziehen ändert die Größe des Quadrats, das die Netze sehen',
  'viewer.move': 'Ziehen verschiebt das Quadrat, das die Netze sehen',
  'viewer.zoom': 'Vergrößerung',
  'viewer.smaller': 'Kleiner',
  'viewer.larger': 'Größer (Strg und das Rad, zwei Finger oder ein Doppelklick)',
  'viewer.whole': 'Ganzes Bild',
  present: 'Vorführen',
  'present.title': 'Das Bild, und was dazu gesagt wird, auf dem ganzen Bildschirm',
  'present.end': 'Beenden',
  'legend.most': 'am meisten',
  'legend.all': 'Farbe: wohin die Netze am wenigsten blicken',
  'legend.one': 'Farbe: wohin {name} am wenigsten blickt',
  'legend.attention': 'Zahlen: wie stark sie in jede Region blicken, 0 bis 1.',
  'legend.correlation': 'Zahlen: wie ähnlich sich die Karten der Netze in jeder Region sind, −1 bis 1.',
  'legend.pair': 'Zahlen: wie ähnlich sich die Karten von {a} und {b} in jeder Region sind, −1 bis 1.',
  'matrix.caption': 'Übereinstimmung jedes Paars',
  'matrix.hint':
    'Ein Druck auf ein Paar zeigt dessen Korrelationen in den Regionen; ein weiterer das Mittel aller Paare.',
  'matrix.network': 'Netz',
  'matrix.label': '{pair}: {n}',
  'say.both': 'Beide Netze sagen {label} ({probabilities}).',
  'say.all': 'Alle {count} Netze sagen {label} ({probabilities}).',
  'say.one': '{name} sagt {label} ({probability})',
  'say.each': '{each}.',
  'look.same':
    'Sie blicken größtenteils auf dieselben Stellen (Überlappung {overlap}, örtliche Übereinstimmung {agreement}).',
  'look.partly':
    'Sie blicken zum Teil auf dieselben Stellen (Überlappung {overlap}, örtliche Übereinstimmung {agreement}).',
  'look.apart':
    'Sie blicken größtenteils auf verschiedene Stellen (Überlappung {overlap}, örtliche Übereinstimmung {agreement}).',
  'view.lines': 'Regionen:',
  'view.opacity': 'Deckkraft',
  'view.colors': 'Farben',
  'view.save-png': 'PNG sichern',
  'view.save-png.title': 'Das Bild mit der Karte, wie gezeigt',
  'view.save-json': 'JSON sichern',
  'view.save-json.title': 'Alle Zahlen, ohne die Karten',
  'viewer.image': 'Das Bild {name}',
  'viewer.regions': 'Regionen des Bildes. Pfeiltasten führen von einer zur anderen.',

  ...TOOLS,
};

/** @type {Language['page']} */
const page = {
  'page.title': 'Peerlight: wohin zwei Netze blicken und wo sie sich einig sind',
  'page.description':
    'Wohin blicken zwei Bildklassifikatoren, und sind sie sich einig? Ihre Karten, auf dem eigenen Gerät verglichen.',
  'page.manifest': 'manifest.de.webmanifest',
  'page.skip': 'Zum Bild springen',
  'page.nav': 'Seite',
  'page.about': 'Was sie zeigt',
  'page.question': 'Wohin blicken zwei Netze, und sind sie sich einig?',
  'page.lede':
    'Wählen Sie ein Bild. Zwei Bildklassifikatoren sagen, was es ist, und zeigen, wohin sie geblickt haben. ' +
    'Peerlight vergleicht die beiden dann, Region für Region. Das Bild bleibt auf Ihrem Gerät.',
  'intake.choose': 'Bild wählen',
  'intake.several': 'oder mehrere; oder irgendwohin ziehen, oder eines einfügen',
  'intake.folder': '{0}Ordner wählen',
  'intake.samples': 'Beispiele',
  'page.maps': 'Die Karten',
  'page.settings': 'Einstellungen',
  'page.compare': 'Verfahren vergleichen',
  'page.compare-lede':
    'Wie andere Verfahren dieselbe Klasse desselben Bildes erklären, was jede Karte kostet, und wie gut sie ' +
    'vorhersagt, was die Netze tun, wenn Teile des Bildes verdeckt sind. Diese Maße beschreiben diese Netze an ' +
    'diesem einen Bild; mehr beweisen sie nicht. Ein Bild mit verdeckten Teilen gleicht nichts, womit die Netze ' +
    'trainiert wurden, und eine Karte kann gut abschneiden, ohne richtig zu sein.',
  'about.title': 'Was die Seite zeigt und was nicht',
  'about.maps': 'Die Karten',
  'about.maps-1':
    'Ein Netz macht aus dem Bild Schichten von Merkmalen. Seine Aufmerksamkeitskarte zählt zusammen, wie aktiv jede ' +
    'Stelle in mehreren Schichten ist, begrenzt auf das, was für eine Klasse und gegen ähnliche spricht. Hell heißt: ' +
    'Vieles von dem, was das Netz berechnet hat, kam von hier. Es heißt nicht, dass diese Stelle allein entschieden ' +
    'hat oder dass das Netz denkt wie ein Mensch.',
  'about.maps-2':
    'Jede Karte deckt das Quadrat ab, das die Netze gesehen haben, oben in voller Farbe. Den abgedunkelten Rest ' +
    'haben sie nie gesehen. Jede Karte ist auf ihr eigenes Maximum skaliert: Eine helle Stelle ist die hellste ' +
    'ihrer Karte, wie schwach sie auch sei.',
  'about.agreement': 'Übereinstimmung',
  'about.agreement-1':
    'Das Quadrat ist in ein Raster geteilt. In jeder Region vergleicht die Korrelation nach Pearson die Karten der ' +
    'Netze: 1, wo sie gemeinsam steigen und fallen, 0, wo sie nichts gemeinsam haben, −1, wo die eine steigt, ' +
    'während die andere fällt. Die gemeinsame Karte ist der Mittelwert der Karten, mit einem Exponenten, der ' +
    'schwache Stellen noch schwächer macht; eine Einstellung dunkelt Regionen ab, in denen die Netze sich ' +
    'unterscheiden.',
  'about.agreement-2':
    'Übereinstimmung ist kein Beweis. Zwei Netze, die an denselben Bildern gelernt haben, können denselben Irrtum ' +
    'teilen, und wo sie sich unterscheiden, kann eines trotzdem recht haben. Eine Region, in der eine Karte flach ' +
    'ist, hat keine Korrelation: Sie zählt als 0 und ist mit „–“ markiert.',
  'about.method': 'Das Verfahren und Ihr Bild',
  'about.method-1':
    'Lokale Aufmerksamkeitskarten, Regionen und gemeinsame Karte folgen Cheng, Wang, Cui und Zhan, {0}, Computer ' +
    'Science 49(5), 2022, {1}. Die Wahl der Netze und Schichten, die Führung durch eine Klasse und der Exponent der ' +
    'gemeinsamen Karte sind von uns.',
  'about.method-2':
    'Ihr Bild verlässt diesen Rechner nie. Die Sicherheitsrichtlinie der Seite erlaubt ihr nur Verbindungen dorthin, ' +
    'von wo sie geladen wurde, und sie sendet nichts dorthin.',
};

/** @type {Language} */
export const DE = { words, page, errors: ERRORS, heard, catalog };
