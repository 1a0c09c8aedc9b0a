"""What the order generator takes its people, addresses, notes and channels from: plain data of a Catalan suburb."""

NAMES = (
    *("Marta", "Jordi", "Núria", "Iñaki", "Montserrat", "Àlex", "Begoña", "Pau", "Lucía", "Óscar", "Laia", "Joaquín"),
    *("Mireia", "Xènia", "Ramón", "Aina", "Fátima", "Sergi", "Zoë", "Andrés"),
)
SURNAMES = (
    *("García Peña", "Puig i Cadafalch", "Muñoz", "Sánchez", "O'Connor", "Güell", "Martínez Ibáñez", "Ferrer", "Núñez"),
    *("Castañé", "López", "Vilà", "Ruiz", "El Amrani", "Batlló"),
)
RIDERS = ("Kevin A.", "Youssef B.", "María José C.", "Dídac F.", "Luis M.", "Nadia R.")

STREETS = (
    *("Carrer de la Tecnologia, 17", "Avinguda de la Vila, 4", "Carrer de Mossèn Jacint Verdaguer, 112"),
    *("Passeig de la Marina, 31", "Carrer del Doctor Reig, 8", "Rambla de Modolell, 20", "Carrer de l'Àngel Arañó, 3"),
)
ADDRESS_DETAILS = (None, "", "3r 2a", "Ático B", "Esc. dreta, 1º 4ª, timbre roto: llamad", "Local 2 (floristería)")

COMMENTS = (
    "Por favor, no llaméis al timbre, el niño duerme 😴",
    "Sense coberts, gràcies",
    "Traer cambio de 50 €",
    "Dejarlo en conserjería · preguntar por Conchi",
    "Si falta algo, llamadme",
    "Es un cumpleaños: ¿podéis poner «Felicitats, Laia»?",
)
ALLERGIES = (
    "ALERGIA A LOS FRUTOS SECOS",
    "Al·lèrgia al marisc, si us plau vigileu la contaminació creuada",
    "sense gluten (celíac)",
    "Intolerante a la lactosa: sin queso ni nata",
    "Alergia al huevo, GRAVE. Avisad a cocina, por favor.",
)
LINE_COMMENTS = ("partida en ocho", "sin cortar", "ben calenta", "poca sal", "salsa aparte", "para compartir")
RESERVATION_COMMENTS = (
    "Trona para un bebé",
    "En terraza si puede ser",
    "Una persona en silla de ruedas",
    "Aniversario: mesa tranquila",
    "Un comensal celíaco y otra con alergia a los frutos secos",
)

CHANNELS = (("glovo", "Glovo"), ("ubereats", "Uber Eats"), ("justeat", "Just Eat"), ("web", "Web propia"))
"""Market code and name, as in an order's ``market``."""

ONLINE_PAYMENTS = {"glovo": "Pago Glovo", "ubereats": "Uber Eats", "justeat": "Pagado online", "web": "Tarjeta (web)"}
"""How each channel words money that it has taken already."""
