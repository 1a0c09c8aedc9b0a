<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
    <context>
        <name>Companion</name>
        <message>
            <source>%1 (until %2)</source>
            <translation>%1 (hasta %2)</translation>
        </message>
        <message>
            <source>%1 came while the POS was off</source>
            <translation>%1 llegó con el TPV apagado</translation>
        </message>
        <message>
            <source>%1 can no longer be accepted</source>
            <translation>%1 ya no se puede aceptar</translation>
        </message>
        <message>
            <source>%1 cancels it %2</source>
            <translation>%1 lo anula %2</translation>
        </message>
        <message>
            <source>%1 cannot be read completely</source>
            <translation>%1 no se puede leer entero</translation>
        </message>
        <message>
            <source>%1 did not get into the POS</source>
            <translation>%1 no ha entrado en el TPV</translation>
        </message>
        <message>
            <source>%1 gives back %2 and tells the customer.</source>
            <translation>%1 devuelve %2 y avisa al cliente.</translation>
        </message>
        <message>
            <source>%1 h %2</source>
            <translation>%1 h %2</translation>
        </message>
        <message>
            <source>%1 is for a time when it is closed</source>
            <translation>%1 es para una hora en que está cerrado</translation>
        </message>
        <message>
            <source>%1 is in charge</source>
            <translation>Manda %1</translation>
        </message>
        <message>
            <source>%1 is in charge: change them there.</source>
            <translation>Manda %1: cámbialo allí.</translation>
        </message>
        <message>
            <source>%1 is not in the POS</source>
            <translation>%1 no está en el TPV</translation>
        </message>
        <message>
            <source>%1 left to accept</source>
            <translation>quedan %1 para aceptar</translation>
        </message>
        <message>
            <source>%1 left to accept %2</source>
            <translation>quedan %1 para aceptar %2</translation>
        </message>
        <message>
            <source>%1 minutes, ready at %2</source>
            <translation>%1 minutos, listo a las %2</translation>
        </message>
        <message>
            <source>%1 of %2</source>
            <translation>%1 de %2</translation>
        </message>
        <message>
            <source>%1 of %2 open</source>
            <translation>%1 de %2 abiertos</translation>
        </message>
        <message>
            <source>%1 of %2 · %3</source>
            <translation>%1 de %2 · %3</translation>
        </message>
        <message>
            <source>%1 on %2</source>
            <translation>%1 del %2</translation>
        </message>
        <message>
            <source>%1 running: %2 in the kitchen, %3 ready</source>
            <translation>%1 en marcha: %2 en cocina, %3 listos</translation>
        </message>
        <message>
            <source>%1 tells the customer.</source>
            <translation>%1 avisa al cliente.</translation>
        </message>
        <message numerus="yes">
            <source>%1, %n ranges</source>
            <translation>
                <numerusform>%1, %n tramo</numerusform>
                <numerusform>%1, %n tramos</numerusform>
            </translation>
        </message>
        <message>
            <source>%1, always open</source>
            <translation>%1, siempre abierto</translation>
        </message>
        <message>
            <source>%1, closed all day</source>
            <translation>%1, cerrado todo el día</translation>
        </message>
        <message>
            <source>%1, confirmed %2</source>
            <translation>%1, confirmado %2</translation>
        </message>
        <message>
            <source>%1, good</source>
            <translation>%1, bien</translation>
        </message>
        <message numerus="yes">
            <source>%1, in %n min.</source>
            <translation>
                <numerusform>%1, en %n min.</numerusform>
                <numerusform>%1, en %n min.</numerusform>
            </translation>
        </message>
        <message>
            <source>%1, not heard</source>
            <translation>%1, no se oyó</translation>
        </message>
        <message>
            <source>%1, range %2, from %3 to %4</source>
            <translation>%1, tramo %2, de %3 a %4</translation>
        </message>
        <message>
            <source>%1, since %2.</source>
            <translation>%1, desde %2.</translation>
        </message>
        <message>
            <source>%1, today</source>
            <translation>%1, hoy</translation>
        </message>
        <message>
            <source>%1, unconfirmed</source>
            <translation>%1, sin confirmar</translation>
        </message>
        <message>
            <source>%1, until %2.</source>
            <translation>%1, hasta %2.</translation>
        </message>
        <message>
            <source>%1: hours of its own</source>
            <translation>%1: horario propio</translation>
        </message>
        <message>
            <source>%1: like all others</source>
            <translation>%1: como los demás</translation>
        </message>
        <message>
            <source>%1: there are two exceptions. Keep one.</source>
            <translation>%1: hay dos excepciones. Deja una.</translation>
        </message>
        <message>
            <source>%1: two ranges overlap. Shorten or delete one.</source>
            <translation>%1: dos tramos se pisan. Acorta o borra uno.</translation>
        </message>
        <message numerus="yes">
            <source>%n changes are not saved</source>
            <translation>
                <numerusform>Hay %n cambio sin guardar</numerusform>
                <numerusform>Hay %n cambios sin guardar</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n days</source>
            <translation>
                <numerusform>%n día</numerusform>
                <numerusform>%n días</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n digits typed</source>
            <translation>
                <numerusform>%n cifra escrita</numerusform>
                <numerusform>%n cifras escritas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n dishes</source>
            <translation>
                <numerusform>%n plato</numerusform>
                <numerusform>%n platos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n holidays are not decided yet.</source>
            <translation>
                <numerusform>Falta %n festivo por decidir.</numerusform>
                <numerusform>Faltan %n festivos por decidir.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n hours</source>
            <translation>
                <numerusform>%n hora</numerusform>
                <numerusform>%n horas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n in the kitchen now</source>
            <translation>
                <numerusform>Ahora hay %n en cocina</numerusform>
                <numerusform>Ahora hay %n en cocina</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n min</source>
            <translation>
                <numerusform>%n min</numerusform>
                <numerusform>%n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n min after what %1 expects.</source>
            <translation>
                <numerusform>%n min después de lo que espera %1.</numerusform>
                <numerusform>%n min después de lo que espera %1.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n min late</source>
            <translation>
                <numerusform>%n min tarde</numerusform>
                <numerusform>%n min tarde</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n minutes</source>
            <translation>
                <numerusform>%n minuto</numerusform>
                <numerusform>%n minutos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n more</source>
            <translation>
                <numerusform>%n más</numerusform>
                <numerusform>%n más</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new</source>
            <translation>
                <numerusform>%n nuevo</numerusform>
                <numerusform>%n nuevos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new orders</source>
            <translation>
                <numerusform>%n pedido nuevo</numerusform>
                <numerusform>%n pedidos nuevos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new orders are not accepted yet: closing does not cancel them.</source>
            <translation>
                <numerusform>Hay %n pedido nuevo sin aceptar: cerrar no lo anula.</numerusform>
                <numerusform>Hay %n pedidos nuevos sin aceptar: cerrar no los anula.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders</source>
            <translation>
                <numerusform>%n pedido</numerusform>
                <numerusform>%n pedidos</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders came while the POS was off</source>
            <translation>
                <numerusform>%n pedido llegó con el TPV apagado</numerusform>
                <numerusform>%n pedidos llegaron con el TPV apagado</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders wait and go in by themselves, not twice.</source>
            <translation>
                <numerusform>%n pedido espera y entrará solo, sin duplicarse.</numerusform>
                <numerusform>%n pedidos esperan y entrarán solos, sin duplicarse.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n reservations</source>
            <translation>
                <numerusform>%n reserva</numerusform>
                <numerusform>%n reservas</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n reservations to accept</source>
            <translation>
                <numerusform>%n reserva por aceptar</numerusform>
                <numerusform>%n reservas por aceptar</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n running</source>
            <translation>
                <numerusform>%n en marcha</numerusform>
                <numerusform>%n en marcha</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n to answer</source>
            <translation>
                <numerusform>%n por responder</numerusform>
                <numerusform>%n por responder</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n to resolve</source>
            <translation>
                <numerusform>%n por resolver</numerusform>
                <numerusform>%n por resolver</numerusform>
            </translation>
        </message>
        <message>
            <source>+%1 min until %2</source>
            <translation>+%1 min hasta %2</translation>
        </message>
        <message>
            <source>+%1 min until %2 (%3)</source>
            <translation>+%1 min hasta %2 (%3)</translation>
        </message>
        <message numerus="yes">
            <source>+%n min</source>
            <translation>
                <numerusform>+%n min</numerusform>
                <numerusform>+%n min</numerusform>
            </translation>
        </message>
        <message>
            <source>+1 month</source>
            <translation>+1 mes</translation>
        </message>
        <message>
            <source>+1: the next day</source>
            <translation>+1: día siguiente</translation>
        </message>
        <message>
            <source>1 hour</source>
            <translation>1 hora</translation>
        </message>
        <message>
            <source>1 of %1</source>
            <translation>1 de %1</translation>
        </message>
        <message>
            <source>1. Does the wifi work on a phone?</source>
            <translation>1. ¿Funciona el wifi en el móvil?</translation>
        </message>
        <message>
            <source>2. Switch the router off and on.</source>
            <translation>2. Apaga y enciende el router.</translation>
        </message>
        <message>
            <source>3. Else use the channels' tablets.</source>
            <translation>3. Si sigue, usa las tablets de cada canal.</translation>
        </message>
        <message>
            <source>5 minutes less</source>
            <translation>5 minutos menos</translation>
        </message>
        <message>
            <source>5 minutes more</source>
            <translation>5 minutos más</translation>
        </message>
        <message>
            <source>; the last one for %1.</source>
            <translation>; el último, para las %1.</translation>
        </message>
        <message>
            <source>A PIN has 4 to 8 digits.</source>
            <translation>Un PIN tiene de 4 a 8 cifras.</translation>
        </message>
        <message>
            <source>A short sound will tell when it is back.</source>
            <translation>Cuando vuelva sonará un aviso corto.</translation>
        </message>
        <message>
            <source>ALLERGY: %1</source>
            <translation>ALERGIA: %1</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>Aceptar</translation>
        </message>
        <message>
            <source>Accept %1 in %2 minutes</source>
            <translation>Aceptar %1 en %2 minutos</translation>
        </message>
        <message>
            <source>Accept %1 with %2 minutes</source>
            <translation>Aceptar %1 con %2 minutos</translation>
        </message>
        <message>
            <source>Accept %1 with another time</source>
            <translation>Aceptar %1 con otro tiempo</translation>
        </message>
        <message>
            <source>Accept %1: ready in how long?</source>
            <translation>Aceptar %1: ¿listo en cuánto?</translation>
        </message>
        <message>
            <source>Accept · %1 min</source>
            <translation>Aceptar · %1 min</translation>
        </message>
        <message numerus="yes">
            <source>Accept · %n min</source>
            <translation>
                <numerusform>Aceptar · %n min</numerusform>
                <numerusform>Aceptar · %n min</numerusform>
            </translation>
        </message>
        <message>
            <source>Accepted</source>
            <translation>Aceptado</translation>
        </message>
        <message>
            <source>Accepted in the POS too late</source>
            <translation>Aceptado en el TPV fuera de tiempo</translation>
        </message>
        <message>
            <source>Accepted orders, by the time they are wanted.</source>
            <translation>Los pedidos aceptados, por hora de entrega.</translation>
        </message>
        <message numerus="yes">
            <source>Accepted · %n min</source>
            <translation>
                <numerusform>Aceptado · %n min</numerusform>
                <numerusform>Aceptado · %n min</numerusform>
            </translation>
        </message>
        <message>
            <source>Accept…</source>
            <translation>Aceptar…</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Añadir</translation>
        </message>
        <message>
            <source>Add a range</source>
            <translation>Añadir un tramo</translation>
        </message>
        <message>
            <source>Add an exception</source>
            <translation>Añadir una excepción</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>Dirección</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Todos</translation>
        </message>
        <message>
            <source>All are in already</source>
            <translation>Ya están todos</translation>
        </message>
        <message>
            <source>All decided. Municipal holidays are exceptions of your own.</source>
            <translation>Todos decididos. Los festivos locales se añaden como excepciones.</translation>
        </message>
        <message>
            <source>Allergy: %1</source>
            <translation>Alergia: %1</translation>
        </message>
        <message>
            <source>Always open: no hours are kept</source>
            <translation>Siempre abierto: no hay horario</translation>
        </message>
        <message>
            <source>An item is missing</source>
            <translation>Falta un producto</translation>
        </message>
        <message>
            <source>Another device is in charge.</source>
            <translation>Manda otro equipo.</translation>
        </message>
        <message>
            <source>Ask Sinqro for a new one.</source>
            <translation>Pide otro a Sinqro.</translation>
        </message>
        <message>
            <source>At the table</source>
            <translation>En mesa</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>Volver</translation>
        </message>
        <message>
            <source>By its hours it is closed anyway: change them to open.</source>
            <translation>Por horario está cerrado de todas formas: cámbialo para abrir.</translation>
        </message>
        <message>
            <source>COLLECT %1</source>
            <translation>COBRAR %1</translation>
        </message>
        <message>
            <source>Call %1: %2.</source>
            <translation>Llama a %1: %2.</translation>
        </message>
        <message>
            <source>Call the customer, or wait for the channel.</source>
            <translation>Llama al cliente o espera al canal.</translation>
        </message>
        <message>
            <source>Came too late, did not count</source>
            <translation>Llegó tarde, no cuenta</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>Cancel %1</source>
            <translation>Cancelar %1</translation>
        </message>
        <message>
            <source>Cancel %1: why?</source>
            <translation>Cancelar %1: ¿por qué?</translation>
        </message>
        <message>
            <source>Cancel it in the POS by hand</source>
            <translation>Anúlalo a mano en el TPV</translation>
        </message>
        <message>
            <source>Cancel it…</source>
            <translation>Cancelarlo…</translation>
        </message>
        <message>
            <source>Cancelled</source>
            <translation>Anulado</translation>
        </message>
        <message>
            <source>Cancelled after it was done: refund</source>
            <translation>Anulado después de entregarlo: devolución</translation>
        </message>
        <message>
            <source>Cancel…</source>
            <translation>Cancelar…</translation>
        </message>
        <message>
            <source>Change it in the POS by hand</source>
            <translation>Cámbialo a mano en el TPV</translation>
        </message>
        <message>
            <source>Change the manager's PIN</source>
            <translation>Cambiar el PIN del encargado</translation>
        </message>
        <message>
            <source>Changed</source>
            <translation>Ha cambiado</translation>
        </message>
        <message>
            <source>Changed by the channel</source>
            <translation>Lo ha cambiado el canal</translation>
        </message>
        <message>
            <source>Changed in the POS</source>
            <translation>Cambiado en el TPV</translation>
        </message>
        <message>
            <source>Changed to something that we cannot read</source>
            <translation>Cambió a algo que no sabemos leer</translation>
        </message>
        <message>
            <source>Channels: %1</source>
            <translation>Canales: %1</translation>
        </message>
        <message>
            <source>Choose 4 to 8 digits. It guards the hours, and closings longer than today.</source>
            <translation>Elige de 4 a 8 cifras. Protege el horario y los cierres que duran más que hoy.</translation>
        </message>
        <message>
            <source>Choose a later one.</source>
            <translation>Elige una posterior.</translation>
        </message>
        <message>
            <source>Choose a range, or add one</source>
            <translation>Elige un tramo o añade uno</translation>
        </message>
        <message>
            <source>Choose a reason first</source>
            <translation>Elige antes un motivo</translation>
        </message>
        <message>
            <source>Choose at least one kind of orders.</source>
            <translation>Elige al menos un tipo de pedidos.</translation>
        </message>
        <message>
            <source>Choose the region…</source>
            <translation>Elige la región…</translation>
        </message>
        <message>
            <source>Choose what is closed first</source>
            <translation>Elige primero qué se cierra</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>Elegir…</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>Cerrar</translation>
        </message>
        <message>
            <source>Close %1</source>
            <translation>Cerrar %1</translation>
        </message>
        <message>
            <source>Close %1 (until %2)</source>
            <translation>Cerrar %1 (hasta %2)</translation>
        </message>
        <message>
            <source>Close for a while</source>
            <translation>Cerrar un rato</translation>
        </message>
        <message>
            <source>Close for a while (today until %1)</source>
            <translation>Cerrar un rato (hoy cierra %1)</translation>
        </message>
        <message>
            <source>Close more…</source>
            <translation>Cerrar más…</translation>
        </message>
        <message>
            <source>Close until I open</source>
            <translation>Cerrar hasta que yo abra</translation>
        </message>
        <message>
            <source>Close until tomorrow</source>
            <translation>Cerrar hasta mañana</translation>
        </message>
        <message>
            <source>Close without saving</source>
            <translation>Cerrar sin guardar</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>Cerrado</translation>
        </message>
        <message>
            <source>Closed all day</source>
            <translation>Cerrado todo el día</translation>
        </message>
        <message>
            <source>Closed at that time</source>
            <translation>A esa hora está cerrado</translation>
        </message>
        <message>
            <source>Closed by Sinqro</source>
            <translation>Cerrado por Sinqro</translation>
        </message>
        <message>
            <source>Closed by its hours</source>
            <translation>Cerrado por horario</translation>
        </message>
        <message>
            <source>Closed in the POS</source>
            <translation>Cerrado en el TPV</translation>
        </message>
        <message>
            <source>Closed on all</source>
            <translation>Cerrado en todos</translation>
        </message>
        <message numerus="yes">
            <source>Closed · %n min</source>
            <translation>
                <numerusform>Cerrado · %n min</numerusform>
                <numerusform>Cerrado · %n min</numerusform>
            </translation>
        </message>
        <message>
            <source>Closed: the POS is away</source>
            <translation>Cerrado: el TPV no contesta</translation>
        </message>
        <message>
            <source>Closes at</source>
            <translation>Cierra a las</translation>
        </message>
        <message>
            <source>Closing now</source>
            <translation>Cerramos ya</translation>
        </message>
        <message>
            <source>Closing until somebody opens lasts longer than today.</source>
            <translation>Cerrar hasta que alguien abra dura más que hoy.</translation>
        </message>
        <message>
            <source>Closing…</source>
            <translation>Cerrando…</translation>
        </message>
        <message>
            <source>Collection</source>
            <translation>Recogida</translation>
        </message>
        <message>
            <source>Comment</source>
            <translation>Comentario</translation>
        </message>
        <message>
            <source>Companion</source>
            <translation>Companion</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>Conectado</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>Conectando…</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>Copiar</translation>
        </message>
        <message>
            <source>Copy the hours of %1</source>
            <translation>Copiar el horario del %1</translation>
        </message>
        <message>
            <source>Copy to other days</source>
            <translation>Copiar a otros días</translation>
        </message>
        <message>
            <source>Customer</source>
            <translation>Cliente</translation>
        </message>
        <message>
            <source>Customer asks</source>
            <translation>El cliente lo pide</translation>
        </message>
        <message>
            <source>Customer's comment</source>
            <translation>Comentario del cliente</translation>
        </message>
        <message>
            <source>Date</source>
            <translation>Fecha</translation>
        </message>
        <message>
            <source>Decide…</source>
            <translation>Decidir…</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>Borrar</translation>
        </message>
        <message>
            <source>Delete the last digit</source>
            <translation>Borrar la última cifra</translation>
        </message>
        <message>
            <source>Delete this range</source>
            <translation>Borrar este tramo</translation>
        </message>
        <message>
            <source>Delivery</source>
            <translation>Reparto</translation>
        </message>
        <message>
            <source>Did not get into the POS</source>
            <translation>No entró en el TPV</translation>
        </message>
        <message>
            <source>Diners</source>
            <translation>Comensales</translation>
        </message>
        <message>
            <source>Do it in the POS by hand</source>
            <translation>Hazlo a mano en el TPV</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>Hecho</translation>
        </message>
        <message>
            <source>Done by hand</source>
            <translation>Hecho a mano</translation>
        </message>
        <message>
            <source>Eat here</source>
            <translation>Comer aquí</translation>
        </message>
        <message>
            <source>End it now</source>
            <translation>Terminar ya</translation>
        </message>
        <message>
            <source>Enter all without printing</source>
            <translation>Meter todos sin imprimir</translation>
        </message>
        <message>
            <source>Enter without printing</source>
            <translation>Meter sin imprimir</translation>
        </message>
        <message>
            <source>Entered in the POS by hand</source>
            <translation>Metido a mano en el TPV</translation>
        </message>
        <message>
            <source>Exception</source>
            <translation>Excepción</translation>
        </message>
        <message>
            <source>Exceptions</source>
            <translation>Excepciones</translation>
        </message>
        <message>
            <source>Finished</source>
            <translation>Terminado</translation>
        </message>
        <message>
            <source>For service</source>
            <translation>Para el servicio</translation>
        </message>
        <message>
            <source>For which orders?</source>
            <translation>¿Para qué pedidos?</translation>
        </message>
        <message>
            <source>Forgotten?</source>
            <translation>¿Olvidado?</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Seguir</translation>
        </message>
        <message>
            <source>Handed over</source>
            <translation>Entregado</translation>
        </message>
        <message>
            <source>Have Sinqro show a pairing code for this restaurant, type it, and choose a new PIN.</source>
            <translation>Pide a Sinqro un código de emparejamiento de este restaurante, escríbelo y elige un PIN nuevo.</translation>
        </message>
        <message>
            <source>Have Sinqro show one for this restaurant.</source>
            <translation>Pide a Sinqro uno de este restaurante.</translation>
        </message>
        <message>
            <source>Held: somebody must decide</source>
            <translation>Retenido: alguien debe decidir</translation>
        </message>
        <message>
            <source>Here</source>
            <translation>Aquí</translation>
        </message>
        <message>
            <source>Here you see the orders of %1. Take over to answer them on this machine.</source>
            <translation>Aquí ves los pedidos de %1. Toma el mando para responderlos en este equipo.</translation>
        </message>
        <message>
            <source>History</source>
            <translation>Historia</translation>
        </message>
        <message>
            <source>Holidays: %1</source>
            <translation>Festivos: %1</translation>
        </message>
        <message>
            <source>Holidays…</source>
            <translation>Festivos…</translation>
        </message>
        <message>
            <source>Hours</source>
            <translation>Horario</translation>
        </message>
        <message>
            <source>Hours of</source>
            <translation>Horario de</translation>
        </message>
        <message>
            <source>Hours of the week</source>
            <translation>Horario de la semana</translation>
        </message>
        <message>
            <source>Hours…</source>
            <translation>Horario…</translation>
        </message>
        <message>
            <source>I have entered it by hand</source>
            <translation>Ya lo he metido a mano</translation>
        </message>
        <message>
            <source>If you close this window now, they are lost.</source>
            <translation>Si cierras esta ventana ahora, se pierden.</translation>
        </message>
        <message>
            <source>If you quit, nothing rings and Sinqro sees this restaurant without connection.</source>
            <translation>Si sales, no suena nada y Sinqro os verá sin conexión.</translation>
        </message>
        <message>
            <source>In the kitchen</source>
            <translation>En cocina</translation>
        </message>
        <message>
            <source>In time. %1 expects it at %2.</source>
            <translation>Llega a tiempo. %1 lo espera a las %2.</translation>
        </message>
        <message>
            <source>Is %1 in the POS?</source>
            <translation>¿Está %1 en el TPV?</translation>
        </message>
        <message>
            <source>Is in already</source>
            <translation>Ya está</translation>
        </message>
        <message>
            <source>It can still be accepted or rejected; the kitchen has no ticket.</source>
            <translation>Aún se puede aceptar o rechazar; la cocina no tiene ticket.</translation>
        </message>
        <message>
            <source>It cannot be undone.</source>
            <translation>No se puede deshacer.</translation>
        </message>
        <message>
            <source>It could not be kept: is the disk full?</source>
            <translation>No se ha podido guardar: ¿está lleno el disco?</translation>
        </message>
        <message>
            <source>It counts as entered and is not sent again.</source>
            <translation>Se marca como introducido; no se vuelve a enviar.</translation>
        </message>
        <message>
            <source>It goes into the POS when that is back.</source>
            <translation>Entrará en el TPV cuando vuelva.</translation>
        </message>
        <message>
            <source>It is finished already.</source>
            <translation>Ya está terminado.</translation>
        </message>
        <message>
            <source>It is in the POS</source>
            <translation>Está en el TPV</translation>
        </message>
        <message>
            <source>It is not: send it</source>
            <translation>No está: enviarlo</translation>
        </message>
        <message>
            <source>It is on its way into the POS already.</source>
            <translation>Ya va camino del TPV.</translation>
        </message>
        <message>
            <source>It is wanted at %1 (%2), and by then it is closed.</source>
            <translation>Es para las %1 (%2) y a esa hora está cerrado.</translation>
        </message>
        <message>
            <source>It may have been cooked from paper already.</source>
            <translation>Puede que ya se haya cocinado con el papel.</translation>
        </message>
        <message>
            <source>It waited while it could not be put into the POS.</source>
            <translation>Esperó mientras no se podía meter en el TPV.</translation>
        </message>
        <message>
            <source>It was completed without the POS.</source>
            <translation>Se terminó sin el TPV.</translation>
        </message>
        <message>
            <source>It was there before our data was lost, and this POS cannot be asked for it.</source>
            <translation>Ya estaba antes de perder nuestros datos, y a este TPV no se le puede preguntar.</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>Guardar</translation>
        </message>
        <message>
            <source>Keep it</source>
            <translation>Mantenerlo</translation>
        </message>
        <message>
            <source>Kept here: the POS has no hours.</source>
            <translation>Se lleva aquí: el TPV no tiene horario.</translation>
        </message>
        <message>
            <source>Kept, though it is closed then</source>
            <translation>Se mantiene aunque a esa hora está cerrado</translation>
        </message>
        <message>
            <source>Last test: %1.</source>
            <translation>Última prueba: %1.</translation>
        </message>
        <message>
            <source>Later</source>
            <translation>Luego</translation>
        </message>
        <message>
            <source>Lift</source>
            <translation>Quitar</translation>
        </message>
        <message>
            <source>Lift: %1</source>
            <translation>Quitar: %1</translation>
        </message>
        <message>
            <source>Look at it again.</source>
            <translation>Míralo otra vez.</translation>
        </message>
        <message numerus="yes">
            <source>Look for it in the POS: %1, %n dishes.</source>
            <translation>
                <numerusform>Míralo en el TPV: %1, %n plato.</numerusform>
                <numerusform>Míralo en el TPV: %1, %n platos.</numerusform>
            </translation>
        </message>
        <message>
            <source>Look in the POS before you answer: sending it twice would cook it twice.</source>
            <translation>Mira en el TPV antes de responder: enviarlo dos veces sería cocinarlo dos veces.</translation>
        </message>
        <message>
            <source>Manager's PIN</source>
            <translation>PIN del encargado</translation>
        </message>
        <message>
            <source>Manager's PIN…</source>
            <translation>PIN del encargado…</translation>
        </message>
        <message>
            <source>Menu</source>
            <translation>Menú</translation>
        </message>
        <message>
            <source>Much to do</source>
            <translation>Mucho trabajo</translation>
        </message>
        <message>
            <source>Much to do: +%1 min until %2 (%3 left)</source>
            <translation>Mucho trabajo: +%1 min hasta %2 (quedan %3)</translation>
        </message>
        <message>
            <source>Much to do…</source>
            <translation>Mucho trabajo…</translation>
        </message>
        <message>
            <source>Municipal holidays are exceptions of your own.</source>
            <translation>Los festivos locales se añaden como excepciones.</translation>
        </message>
        <message>
            <source>NOT IN THE POS</source>
            <translation>NO ESTÁ EN EL TPV</translation>
        </message>
        <message>
            <source>NOT closed in part on Sinqro</source>
            <translation>El cierre parcial NO está en Sinqro</translation>
        </message>
        <message>
            <source>NOT closed on Sinqro</source>
            <translation>NO está cerrado en Sinqro</translation>
        </message>
        <message>
            <source>NOT open on Sinqro</source>
            <translation>NO está abierto en Sinqro</translation>
        </message>
        <message>
            <source>New</source>
            <comment>lane</comment>
            <translation>Nuevos</translation>
        </message>
        <message>
            <source>New</source>
            <comment>order</comment>
            <translation>Nuevo</translation>
        </message>
        <message>
            <source>New</source>
            <comment>reservation</comment>
            <translation>Nueva</translation>
        </message>
        <message>
            <source>New exception</source>
            <translation>Excepción nueva</translation>
        </message>
        <message>
            <source>New order %1</source>
            <translation>Pedido nuevo %1</translation>
        </message>
        <message>
            <source>New order without an answer</source>
            <translation>Pedido nuevo sin responder</translation>
        </message>
        <message>
            <source>New orders will ring here</source>
            <translation>Aquí sonarán los pedidos nuevos</translation>
        </message>
        <message>
            <source>New reservation %1</source>
            <translation>Reserva nueva %1</translation>
        </message>
        <message>
            <source>New · %1 left</source>
            <translation>Nueva · quedan %1</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Siguiente</translation>
        </message>
        <message numerus="yes">
            <source>Next %n days</source>
            <translation>
                <numerusform>Próximo %n día</numerusform>
                <numerusform>Próximos %n días</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Next try in %n s.</source>
            <translation>
                <numerusform>Reintento en %n s.</numerusform>
                <numerusform>Reintento en %n s.</numerusform>
            </translation>
        </message>
        <message>
            <source>No</source>
            <translation>No</translation>
        </message>
        <message>
            <source>No connection</source>
            <translation>Sin conexión</translation>
        </message>
        <message>
            <source>No exceptions: the week holds as it is.</source>
            <translation>Sin excepciones: vale la semana tal cual.</translation>
        </message>
        <message>
            <source>No internet: no new orders come in</source>
            <translation>Sin internet: no entran pedidos nuevos</translation>
        </message>
        <message>
            <source>No orders come in. It is tried again by itself.</source>
            <translation>No entran pedidos. Se reintenta solo.</translation>
        </message>
        <message>
            <source>No sound</source>
            <translation>Sin sonido</translation>
        </message>
        <message>
            <source>No table free</source>
            <translation>No hay mesa</translation>
        </message>
        <message>
            <source>No-show</source>
            <translation>No vinieron</translation>
        </message>
        <message>
            <source>Nobody knows whether the POS has it</source>
            <translation>No se sabe si el TPV lo tiene</translation>
        </message>
        <message>
            <source>Not answered</source>
            <translation>Sin responder</translation>
        </message>
        <message>
            <source>Not paired</source>
            <translation>Sin emparejar</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Nota</translation>
        </message>
        <message>
            <source>Note, for instance: wedding</source>
            <translation>Nota, por ejemplo: boda</translation>
        </message>
        <message>
            <source>Nothing comes in and nothing is sent. Quit it and start it again. (%1)</source>
            <translation>No entra ni sale nada. Sal y vuelve a arrancarlo. (%1)</translation>
        </message>
        <message>
            <source>Nothing comes in here until the connection is back</source>
            <translation>Aquí no entra nada hasta que vuelva la conexión</translation>
        </message>
        <message>
            <source>Nothing waiting</source>
            <translation>Nada pendiente</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>Ahora</translation>
        </message>
        <message>
            <source>Now: %1</source>
            <translation>Ahora: %1</translation>
        </message>
        <message>
            <source>Now: +%1 min until %2, %3 left.</source>
            <translation>Ahora: +%1 min hasta %2, quedan %3.</translation>
        </message>
        <message>
            <source>On its way</source>
            <translation>En camino</translation>
        </message>
        <message>
            <source>One day earlier</source>
            <translation>Un día antes</translation>
        </message>
        <message>
            <source>One day later</source>
            <translation>Un día después</translation>
        </message>
        <message>
            <source>One month earlier</source>
            <translation>Un mes antes</translation>
        </message>
        <message>
            <source>One month later</source>
            <translation>Un mes después</translation>
        </message>
        <message>
            <source>Only watching</source>
            <translation>Solo mirando</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Abierto</translation>
        </message>
        <message>
            <source>Open again</source>
            <translation>Volver a abrir</translation>
        </message>
        <message>
            <source>Open everything</source>
            <translation>Abrirlo todo</translation>
        </message>
        <message>
            <source>Open everything, if it must be.</source>
            <translation>Ábrelo todo, si hace falta.</translation>
        </message>
        <message>
            <source>Open in part</source>
            <translation>Abierto en parte</translation>
        </message>
        <message>
            <source>Open now</source>
            <translation>Abrir ya</translation>
        </message>
        <message>
            <source>Open on all</source>
            <translation>Abierto en todos</translation>
        </message>
        <message>
            <source>Open?</source>
            <translation>¿Abierto?</translation>
        </message>
        <message>
            <source>Opening…</source>
            <translation>Abriendo…</translation>
        </message>
        <message>
            <source>Opens at</source>
            <translation>Abre a las</translation>
        </message>
        <message>
            <source>Opens by itself at %1</source>
            <translation>Abre solo a las %1</translation>
        </message>
        <message>
            <source>Order %1</source>
            <translation>Pedido %1</translation>
        </message>
        <message>
            <source>Orders</source>
            <translation>Pedidos</translation>
        </message>
        <message>
            <source>Orders are promised later, and the channels are told. It ends by itself.</source>
            <translation>Los pedidos se prometen más tarde y se avisa a los canales. Termina solo.</translation>
        </message>
        <message>
            <source>Orders for later. They ring again when they are due.</source>
            <translation>Pedidos para más tarde. Vuelven a avisar a su hora.</translation>
        </message>
        <message>
            <source>Orders may come in. It is tried again by itself.</source>
            <translation>Pueden entrar pedidos. Se reintenta solo.</translation>
        </message>
        <message>
            <source>Orders wait until then and go in by themselves.</source>
            <translation>Los pedidos esperan hasta entonces y entran solos.</translation>
        </message>
        <message>
            <source>Orders will wait and go in by themselves.</source>
            <translation>Los pedidos esperarán y entrarán solos.</translation>
        </message>
        <message>
            <source>Orders…</source>
            <translation>Pedidos…</translation>
        </message>
        <message>
            <source>Other hours</source>
            <translation>Otro horario</translation>
        </message>
        <message>
            <source>Other reason…</source>
            <translation>Otro motivo…</translation>
        </message>
        <message>
            <source>Other time</source>
            <translation>Otro tiempo</translation>
        </message>
        <message>
            <source>Own hours…</source>
            <translation>Horario propio…</translation>
        </message>
        <message>
            <source>Own website</source>
            <translation>Web propia</translation>
        </message>
        <message>
            <source>POS</source>
            <translation>TPV</translation>
        </message>
        <message>
            <source>POS no. %1</source>
            <translation>n.º TPV %1</translation>
        </message>
        <message>
            <source>POS not answering</source>
            <translation>TPV no contesta</translation>
        </message>
        <message>
            <source>Paid %1</source>
            <translation>Pagado %1</translation>
        </message>
        <message>
            <source>Pair it again with a new code. (%1)</source>
            <translation>Emparéjalo otra vez con un código nuevo. (%1)</translation>
        </message>
        <message>
            <source>Pairing code of Sinqro</source>
            <translation>Código de emparejamiento de Sinqro</translation>
        </message>
        <message>
            <source>Payment</source>
            <translation>Pago</translation>
        </message>
        <message>
            <source>Phone</source>
            <translation>Teléfono</translation>
        </message>
        <message>
            <source>Previous</source>
            <translation>Anterior</translation>
        </message>
        <message>
            <source>Public holidays</source>
            <translation>Festivos</translation>
        </message>
        <message>
            <source>Quit anyway</source>
            <translation>Salir igualmente</translation>
        </message>
        <message>
            <source>Quit it and start it again.</source>
            <translation>Sal y vuelve a arrancarlo.</translation>
        </message>
        <message numerus="yes">
            <source>Quit with %n orders running?</source>
            <translation>
                <numerusform>¿Salir con %n pedido en marcha?</numerusform>
                <numerusform>¿Salir con %n pedidos en marcha?</numerusform>
            </translation>
        </message>
        <message>
            <source>Quit…</source>
            <translation>Salir…</translation>
        </message>
        <message>
            <source>Range</source>
            <translation>Tramo</translation>
        </message>
        <message>
            <source>Ready</source>
            <translation>Listo</translation>
        </message>
        <message>
            <source>Ready</source>
            <comment>lane</comment>
            <translation>Listos</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>Motivo</translation>
        </message>
        <message>
            <source>Reason (optional), for instance: oven broken</source>
            <translation>Motivo (opcional), por ejemplo: horno averiado</translation>
        </message>
        <message>
            <source>Received and kept</source>
            <translation>Recibido y guardado</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>Rehacer</translation>
        </message>
        <message>
            <source>Refunded: %1</source>
            <translation>Devuelto: %1</translation>
        </message>
        <message>
            <source>Region</source>
            <translation>Región</translation>
        </message>
        <message>
            <source>Reject</source>
            <translation>Rechazar</translation>
        </message>
        <message>
            <source>Reject %1</source>
            <translation>Rechazar %1</translation>
        </message>
        <message>
            <source>Reject %1: why?</source>
            <translation>Rechazar %1: ¿por qué?</translation>
        </message>
        <message>
            <source>Reject it…</source>
            <translation>Rechazarlo…</translation>
        </message>
        <message>
            <source>Rejected</source>
            <translation>Rechazado</translation>
        </message>
        <message>
            <source>Reject…</source>
            <translation>Rechazar…</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Quitar</translation>
        </message>
        <message>
            <source>Remove the PIN</source>
            <translation>Quitar el PIN</translation>
        </message>
        <message>
            <source>Reservation</source>
            <translation>Reserva</translation>
        </message>
        <message>
            <source>Reservation %1</source>
            <translation>Reserva %1</translation>
        </message>
        <message>
            <source>Reservations</source>
            <translation>Reservas</translation>
        </message>
        <message>
            <source>Resolve…</source>
            <translation>Resolver…</translation>
        </message>
        <message>
            <source>Retry</source>
            <translation>Reintentar</translation>
        </message>
        <message>
            <source>Rider</source>
            <translation>Rider</translation>
        </message>
        <message>
            <source>Rider's time</source>
            <translation>Hora del rider</translation>
        </message>
        <message>
            <source>Run the doctor.</source>
            <translation>Ejecuta el diagnóstico.</translation>
        </message>
        <message>
            <source>SANDBOX · orders are not real</source>
            <translation>ENTORNO DE PRUEBAS · los pedidos no son reales</translation>
        </message>
        <message numerus="yes">
            <source>Save %n changes</source>
            <translation>
                <numerusform>Guardar %n cambio</numerusform>
                <numerusform>Guardar %n cambios</numerusform>
            </translation>
        </message>
        <message>
            <source>Saved</source>
            <translation>Guardado</translation>
        </message>
        <message>
            <source>Saved here, but NOT on Sinqro. It is tried again by itself.</source>
            <translation>Guardado aquí, pero NO en Sinqro. Se reintenta solo.</translation>
        </message>
        <message>
            <source>Saved, confirmed by Sinqro %1</source>
            <translation>Guardado, confirmado por Sinqro %1</translation>
        </message>
        <message>
            <source>Saved; Sinqro is being told…</source>
            <translation>Guardado; avisando a Sinqro…</translation>
        </message>
        <message>
            <source>Seated</source>
            <translation>Sentados</translation>
        </message>
        <message>
            <source>Seen</source>
            <translation>Enterado</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>Enviar</translation>
        </message>
        <message>
            <source>Send all to POS and kitchen</source>
            <translation>Enviar todos al TPV y a cocina</translation>
        </message>
        <message>
            <source>Send to POS and kitchen</source>
            <translation>Enviar al TPV y a cocina</translation>
        </message>
        <message>
            <source>Sending…</source>
            <translation>Enviando…</translation>
        </message>
        <message>
            <source>Sent to the POS by hand</source>
            <translation>Enviado al TPV a mano</translation>
        </message>
        <message>
            <source>Set a manager's PIN</source>
            <translation>Poner un PIN de encargado</translation>
        </message>
        <message>
            <source>Set it to «%1» in the POS by hand</source>
            <translation>Ponlo en «%1» a mano en el TPV</translation>
        </message>
        <message>
            <source>Sinqro</source>
            <translation>Sinqro</translation>
        </message>
        <message>
            <source>Sinqro and POS up to date</source>
            <translation>Sinqro y TPV al día</translation>
        </message>
        <message>
            <source>Sinqro cannot be reached now.</source>
            <translation>Ahora no se llega a Sinqro.</translation>
        </message>
        <message>
            <source>Sinqro did not take a message</source>
            <translation>Sinqro no aceptó un aviso</translation>
        </message>
        <message>
            <source>Sinqro does not know the newest yet</source>
            <translation>Sinqro aún no sabe lo último</translation>
        </message>
        <message>
            <source>Sinqro does not know this code.</source>
            <translation>Sinqro no conoce este código.</translation>
        </message>
        <message>
            <source>Sinqro does not let this machine in: no new orders</source>
            <translation>Sinqro no deja entrar a este equipo: no entran pedidos</translation>
        </message>
        <message>
            <source>Sinqro sent it in a form that we do not understand.</source>
            <translation>Sinqro lo mandó de una forma que no entendemos.</translation>
        </message>
        <message>
            <source>Sinqro told a state that we do not know</source>
            <translation>Sinqro dio un estado que no conocemos</translation>
        </message>
        <message>
            <source>Somebody else closed it.</source>
            <translation>Lo cerró otro.</translation>
        </message>
        <message>
            <source>Stay</source>
            <translation>Quedarse</translation>
        </message>
        <message>
            <source>Stays closed past today</source>
            <translation>Sigue cerrado más allá de hoy</translation>
        </message>
        <message>
            <source>Still closed: it does not open by itself</source>
            <translation>Sigue cerrado: no abre solo</translation>
        </message>
        <message>
            <source>Stop cooking: the channel cancelled it</source>
            <translation>Parad el plato: el canal lo ha anulado</translation>
        </message>
        <message>
            <source>Stop!</source>
            <translation>¡Parad!</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>Parado</translation>
        </message>
        <message>
            <source>Switch it on in the POS, else it closes again.</source>
            <translation>Enciéndelos en el TPV o se volverá a cerrar.</translation>
        </message>
        <message>
            <source>Switched off in the POS: it may have to be switched on there.</source>
            <translation>Apagado en el TPV: puede que haya que encenderlo allí.</translation>
        </message>
        <message>
            <source>Table</source>
            <translation>Mesa</translation>
        </message>
        <message>
            <source>Table %1</source>
            <translation>Mesa %1</translation>
        </message>
        <message>
            <source>Take over</source>
            <translation>Tomar el mando</translation>
        </message>
        <message>
            <source>Take over first.</source>
            <translation>Toma antes el mando.</translation>
        </message>
        <message>
            <source>Technical data</source>
            <translation>Datos técnicos</translation>
        </message>
        <message>
            <source>Technical data: %1</source>
            <translation>Datos técnicos: %1</translation>
        </message>
        <message>
            <source>Technical problem</source>
            <translation>Problema técnico</translation>
        </message>
        <message>
            <source>Test the alarm</source>
            <translation>Probar la alarma</translation>
        </message>
        <message>
            <source>Test the alarm (%1)</source>
            <translation>Probar la alarma (%1)</translation>
        </message>
        <message>
            <source>That could not be done</source>
            <translation>No se ha podido hacer</translation>
        </message>
        <message numerus="yes">
            <source>That is not the PIN. %n tries left.</source>
            <translation>
                <numerusform>Ese no es el PIN. Queda %n intento.</numerusform>
                <numerusform>Ese no es el PIN. Quedan %n intentos.</numerusform>
            </translation>
        </message>
        <message>
            <source>That step is not possible now.</source>
            <translation>Ese paso no es posible ahora.</translation>
        </message>
        <message>
            <source>That time has passed already.</source>
            <translation>Esa hora ya ha pasado.</translation>
        </message>
        <message>
            <source>The PIN as it is now.</source>
            <translation>El PIN actual.</translation>
        </message>
        <message>
            <source>The POS</source>
            <translation>El TPV</translation>
        </message>
        <message>
            <source>The POS broke off just as it got the order: we do not know whether it has it.</source>
            <translation>El TPV se cortó justo al recibirlo y no sabemos si entró.</translation>
        </message>
        <message>
            <source>The POS did not follow</source>
            <translation>El TPV no hizo caso</translation>
        </message>
        <message>
            <source>The POS did not take the change</source>
            <translation>El TPV no aceptó el cambio</translation>
        </message>
        <message>
            <source>The POS does not answer.</source>
            <translation>El TPV no contesta.</translation>
        </message>
        <message>
            <source>The POS does not answer: orders come in, but do not reach it</source>
            <translation>El TPV no contesta: los pedidos entran, pero no llegan al TPV</translation>
        </message>
        <message>
            <source>The POS does not know this payment: it went in unpaid</source>
            <translation>El TPV no conoce este pago: entró sin pagar</translation>
        </message>
        <message>
            <source>The POS has it differently, or twice: look at it there</source>
            <translation>El TPV lo tiene distinto, o dos veces: míralo allí</translation>
        </message>
        <message>
            <source>The POS is away</source>
            <translation>El TPV no contesta</translation>
        </message>
        <message>
            <source>The POS is busy.</source>
            <translation>El TPV está ocupado.</translation>
        </message>
        <message>
            <source>The POS itself is switched off for online orders.</source>
            <translation>El propio TPV tiene apagados los pedidos en línea.</translation>
        </message>
        <message>
            <source>The POS keeps the hours: change them there.</source>
            <translation>Lo manda el TPV: cámbialo allí.</translation>
        </message>
        <message>
            <source>The POS refuses it.</source>
            <translation>El TPV no lo acepta.</translation>
        </message>
        <message>
            <source>The alarm does not stop until somebody accepts or rejects.</source>
            <translation>La alarma no para hasta que alguien acepta o rechaza.</translation>
        </message>
        <message>
            <source>The alarm is silent</source>
            <translation>La alarma no suena</translation>
        </message>
        <message>
            <source>The alarm rang once through %1.</source>
            <translation>La alarma ha sonado una vez por %1.</translation>
        </message>
        <message>
            <source>The connection with the POS is not set up rightly.</source>
            <translation>La conexión con el TPV no está bien configurada.</translation>
        </message>
        <message>
            <source>The customer counts on it. The kitchen has no ticket yet.</source>
            <translation>El cliente cuenta con él. La cocina aún no tiene el ticket.</translation>
        </message>
        <message>
            <source>The earlier ones stay and can be moved; that is sent when it is back.</source>
            <translation>Los de antes siguen aquí y puedes moverlos; se enviarán al volver.</translation>
        </message>
        <message>
            <source>The hours</source>
            <translation>El horario</translation>
        </message>
        <message>
            <source>The hours are about to be changed.</source>
            <translation>Se va a cambiar el horario.</translation>
        </message>
        <message>
            <source>The kitchen gets no ticket.</source>
            <translation>La cocina no recibe ticket.</translation>
        </message>
        <message>
            <source>The kitchen may have them from paper: say what is to be done with each.</source>
            <translation>Puede que la cocina los tenga en papel: di qué se hace con cada uno.</translation>
        </message>
        <message>
            <source>The loudspeaker cannot be opened.</source>
            <translation>No se puede abrir el altavoz.</translation>
        </message>
        <message>
            <source>The loudspeaker does not answer.</source>
            <translation>El altavoz no responde.</translation>
        </message>
        <message>
            <source>The password store of this computer is locked.</source>
            <translation>El almacén de contraseñas de este equipo está bloqueado.</translation>
        </message>
        <message>
            <source>The program has stopped working</source>
            <translation>El programa ha dejado de funcionar</translation>
        </message>
        <message>
            <source>The program is still starting.</source>
            <translation>El programa aún está arrancando.</translation>
        </message>
        <message>
            <source>The screen flashes with each order.</source>
            <translation>La pantalla destella con cada pedido.</translation>
        </message>
        <message>
            <source>The small window is now the icon in the tray.</source>
            <translation>La ventana pequeña es ahora el icono de la bandeja.</translation>
        </message>
        <message>
            <source>The sound could not be played.</source>
            <translation>No se ha podido reproducir el sonido.</translation>
        </message>
        <message>
            <source>The sound of this computer is switched off.</source>
            <translation>Este ordenador tiene el sonido apagado.</translation>
        </message>
        <message>
            <source>The table had an open order: join them in the POS</source>
            <translation>La mesa tenía un pedido abierto: júntalos en el TPV</translation>
        </message>
        <message>
            <source>The till is closed: open it in the POS</source>
            <translation>La caja está cerrada: ábrela en el TPV</translation>
        </message>
        <message>
            <source>The till is closed: open it in the POS.</source>
            <translation>La caja está cerrada: ábrela en el TPV.</translation>
        </message>
        <message>
            <source>The time that %1 gives ended at %2. Nothing was sent.</source>
            <translation>El tiempo que da %1 acabó a las %2. No se ha enviado nada.</translation>
        </message>
        <message>
            <source>The time to accept it is over.</source>
            <translation>Ya no queda tiempo para aceptarlo.</translation>
        </message>
        <message>
            <source>There are no holidays left in that year's table.</source>
            <translation>No quedan festivos en la tabla de ese año.</translation>
        </message>
        <message>
            <source>There are too many ranges in the week.</source>
            <translation>Hay demasiados tramos en la semana.</translation>
        </message>
        <message>
            <source>There were too many tries with a wrong code.</source>
            <translation>Hubo demasiados intentos con un código erróneo.</translation>
        </message>
        <message>
            <source>They were accepted, so the kitchen may have them from paper. Decide for each, or for all below.</source>
            <translation>Estaban aceptados: puede que la cocina los tenga en papel. Decide uno a uno, o todos abajo.</translation>
        </message>
        <message>
            <source>They were not the same. Choose it again.</source>
            <translation>No eran iguales. Elígelo otra vez.</translation>
        </message>
        <message>
            <source>This code has been used already.</source>
            <translation>Este código ya se ha usado.</translation>
        </message>
        <message>
            <source>This code is another restaurant's.</source>
            <translation>Este código es de otro restaurante.</translation>
        </message>
        <message>
            <source>This code is older than 10 minutes.</source>
            <translation>Este código tiene más de 10 minutos.</translation>
        </message>
        <message>
            <source>This computer's password store cannot be used.</source>
            <translation>No se puede usar el almacén de contraseñas de este equipo.</translation>
        </message>
        <message>
            <source>This order cannot be read: look at it before you answer.</source>
            <translation>Este pedido no se puede leer: míralo antes de responder.</translation>
        </message>
        <message>
            <source>Till closed</source>
            <translation>Caja cerrada</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>Hora</translation>
        </message>
        <message>
            <source>To which days? Their hours are replaced.</source>
            <translation>¿A qué días? Se sustituye su horario.</translation>
        </message>
        <message>
            <source>Today's tables.</source>
            <translation>Las mesas de hoy.</translation>
        </message>
        <message>
            <source>Too busy</source>
            <translation>Demasiado trabajo</translation>
        </message>
        <message>
            <source>Too far away</source>
            <translation>Demasiado lejos</translation>
        </message>
        <message>
            <source>Too many tries. The next one counts at %1.</source>
            <translation>Demasiados intentos. El próximo vale a las %1.</translation>
        </message>
        <message>
            <source>Total</source>
            <translation>Total</translation>
        </message>
        <message>
            <source>Total does not add up: %1</source>
            <translation>Total no cuadra: %1</translation>
        </message>
        <message>
            <source>Tracking</source>
            <translation>Seguimiento</translation>
        </message>
        <message>
            <source>Try</source>
            <translation>Probar</translation>
        </message>
        <message>
            <source>Try again as it is</source>
            <translation>Reintentar tal cual</translation>
        </message>
        <message>
            <source>Try again when the connection is back.</source>
            <translation>Prueba otra vez cuando vuelva la conexión.</translation>
        </message>
        <message>
            <source>Trying now.</source>
            <translation>Probando ahora.</translation>
        </message>
        <message>
            <source>Type a time, for instance 20:30</source>
            <translation>Escribe una hora, por ejemplo 20:30</translation>
        </message>
        <message>
            <source>Type of order</source>
            <translation>Tipo de pedido</translation>
        </message>
        <message>
            <source>Type the PIN to remove it. Then nothing is guarded.</source>
            <translation>Escribe el PIN para quitarlo. Después nada queda protegido.</translation>
        </message>
        <message>
            <source>Type the new PIN again.</source>
            <translation>Escribe otra vez el PIN nuevo.</translation>
        </message>
        <message>
            <source>Understood</source>
            <translation>Entendido</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Deshacer</translation>
        </message>
        <message>
            <source>Unlock it and try again.</source>
            <translation>Desbloquéalo y vuelve a intentarlo.</translation>
        </message>
        <message>
            <source>Until I open</source>
            <translation>Hasta que yo abra</translation>
        </message>
        <message>
            <source>Until tomorrow</source>
            <translation>Hasta mañana</translation>
        </message>
        <message>
            <source>Until tomorrow %1</source>
            <translation>Hasta mañana %1</translation>
        </message>
        <message>
            <source>Upcoming</source>
            <translation>Próximos</translation>
        </message>
        <message>
            <source>View</source>
            <translation>Ver</translation>
        </message>
        <message>
            <source>View %1</source>
            <translation>Ver %1</translation>
        </message>
        <message>
            <source>Was it heard?</source>
            <translation>¿Se ha oído?</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>Qué pasa</translation>
        </message>
        <message>
            <source>What is closed?</source>
            <translation>¿Qué se cierra?</translation>
        </message>
        <message>
            <source>What waits for the rider or the customer.</source>
            <translation>Lo que espera al rider o al cliente.</translation>
        </message>
        <message>
            <source>When it has been put right in the POS.</source>
            <translation>Si ya lo has arreglado en el TPV.</translation>
        </message>
        <message>
            <source>Which restaurant?</source>
            <translation>¿Qué restaurante?</translation>
        </message>
        <message>
            <source>Without printing</source>
            <translation>Sin imprimir</translation>
        </message>
        <message>
            <source>Write why</source>
            <translation>Escribe por qué</translation>
        </message>
        <message>
            <source>Wrong price</source>
            <translation>Precio mal</translation>
        </message>
        <message>
            <source>Yes</source>
            <translation>Sí</translation>
        </message>
        <message>
            <source>Yes, it is there</source>
            <translation>Sí, está</translation>
        </message>
        <message>
            <source>accepted %1</source>
            <translation>aceptado %1</translation>
        </message>
        <message>
            <source>all %1</source>
            <translation>los %1</translation>
        </message>
        <message>
            <source>all day</source>
            <translation>todo el día</translation>
        </message>
        <message>
            <source>always open</source>
            <translation>siempre abierto</translation>
        </message>
        <message>
            <source>and %1 cancels it</source>
            <translation>y %1 lo anula</translation>
        </message>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>y %n más</numerusform>
                <numerusform>y %n más</numerusform>
            </translation>
        </message>
        <message>
            <source>closed</source>
            <translation>cerrado</translation>
        </message>
        <message>
            <source>closed: %1, %2</source>
            <translation>cerrado: %1, %2</translation>
        </message>
        <message>
            <source>closes %1</source>
            <translation>cierra %1</translation>
        </message>
        <message>
            <source>does not open by itself: the companion reminds every hour</source>
            <translation>no abre solo: el companion lo recuerda cada hora</translation>
        </message>
        <message>
            <source>everything</source>
            <translation>todo</translation>
        </message>
        <message>
            <source>exception</source>
            <translation>excepción</translation>
        </message>
        <message>
            <source>for</source>
            <translation>para</translation>
        </message>
        <message>
            <source>for %1</source>
            <translation>para %1</translation>
        </message>
        <message>
            <source>holiday</source>
            <translation>festivo</translation>
        </message>
        <message>
            <source>holiday: opens</source>
            <translation>festivo: abre</translation>
        </message>
        <message numerus="yes">
            <source>in %n min</source>
            <translation>
                <numerusform>en %n min</numerusform>
                <numerusform>en %n min</numerusform>
            </translation>
        </message>
        <message>
            <source>instead of the usual ones</source>
            <translation>en lugar del habitual</translation>
        </message>
        <message>
            <source>last seconds</source>
            <translation>últimos segundos</translation>
        </message>
        <message>
            <source>last word from Sinqro: %1</source>
            <translation>último dato de Sinqro: %1</translation>
        </message>
        <message>
            <source>min · ready at %1</source>
            <translation>min · listo a las %1</translation>
        </message>
        <message>
            <source>night +%1 h</source>
            <translation>noche +%1 h</translation>
        </message>
        <message>
            <source>night −%1 h</source>
            <translation>noche −%1 h</translation>
        </message>
        <message>
            <source>no hours are kept</source>
            <translation>no hay horario</translation>
        </message>
        <message>
            <source>no orders running</source>
            <translation>ningún pedido en marcha</translation>
        </message>
        <message>
            <source>not known yet</source>
            <translation>todavía no se sabe</translation>
        </message>
        <message>
            <source>on %1</source>
            <translation>del %1</translation>
        </message>
        <message>
            <source>on Sinqro</source>
            <translation>en Sinqro</translation>
        </message>
        <message>
            <source>on Sinqro since %1</source>
            <translation>en Sinqro desde %1</translation>
        </message>
        <message>
            <source>on its way</source>
            <translation>en camino</translation>
        </message>
        <message>
            <source>on its way to Sinqro</source>
            <translation>de camino a Sinqro</translation>
        </message>
        <message>
            <source>open</source>
            <translation>abierto</translation>
        </message>
        <message>
            <source>open it in the POS</source>
            <translation>ábrela en el TPV</translation>
        </message>
        <message>
            <source>open on Sinqro since %1</source>
            <translation>abierto en Sinqro desde %1</translation>
        </message>
        <message>
            <source>opens %1</source>
            <translation>abre %1</translation>
        </message>
        <message>
            <source>opens by itself %1</source>
            <translation>abre solo %1</translation>
        </message>
        <message>
            <source>opens by itself %1 (%2)</source>
            <translation>abre solo %1 (%2)</translation>
        </message>
        <message>
            <source>orders can come in</source>
            <translation>pueden entrar pedidos</translation>
        </message>
        <message>
            <source>paid %1</source>
            <translation>pagado %1</translation>
        </message>
        <message>
            <source>pair this machine again</source>
            <translation>empareja otra vez este equipo</translation>
        </message>
        <message>
            <source>received %1</source>
            <translation>recibido %1</translation>
        </message>
        <message>
            <source>rider %1</source>
            <translation>rider %1</translation>
        </message>
        <message>
            <source>sandbox</source>
            <translation>pruebas</translation>
        </message>
        <message>
            <source>sent %1 · telling Sinqro…</source>
            <translation>enviado %1 · avisando a Sinqro…</translation>
        </message>
        <message>
            <source>since %1</source>
            <translation>desde %1</translation>
        </message>
        <message>
            <source>since %1 · %2</source>
            <translation>desde %1 · %2</translation>
        </message>
        <message>
            <source>start the program again</source>
            <translation>arranca otra vez el programa</translation>
        </message>
        <message>
            <source>telling Sinqro…</source>
            <translation>avisando a Sinqro…</translation>
        </message>
        <message>
            <source>the alarm is low</source>
            <translation>la alarma suena bajo</translation>
        </message>
        <message>
            <source>the alarm rings at full volume</source>
            <translation>la alarma suena a todo volumen</translation>
        </message>
        <message>
            <source>the customer</source>
            <translation>el cliente</translation>
        </message>
        <message>
            <source>the loudspeaker</source>
            <translation>el altavoz</translation>
        </message>
        <message>
            <source>to accept</source>
            <translation>para aceptar</translation>
        </message>
        <message>
            <source>to answer</source>
            <translation>para responder</translation>
        </message>
        <message>
            <source>to collect %1</source>
            <translation>por cobrar %1</translation>
        </message>
        <message>
            <source>today</source>
            <translation>hoy</translation>
        </message>
        <message>
            <source>too late to accept</source>
            <translation>ya no se puede aceptar</translation>
        </message>
        <message>
            <source>unknown reason</source>
            <translation>motivo desconocido</translation>
        </message>
        <message>
            <source>until %1</source>
            <translation>hasta %1</translation>
        </message>
        <message>
            <source>until it is opened there</source>
            <translation>hasta que lo abran allí</translation>
        </message>
        <message>
            <source>until you open</source>
            <translation>hasta que abras</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>esperando</translation>
        </message>
        <message numerus="yes">
            <source>waits %n min</source>
            <translation>
                <numerusform>espera %n min</numerusform>
                <numerusform>espera %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>waits for the POS · %n min</source>
            <translation>
                <numerusform>espera al TPV · %n min</numerusform>
                <numerusform>espera al TPV · %n min</numerusform>
            </translation>
        </message>
        <message>
            <source>who</source>
            <translation>quién</translation>
        </message>
        <message>
            <source>will be sent when the link is back</source>
            <translation>se enviará al volver la conexión</translation>
        </message>
        <message>
            <source>without an end</source>
            <translation>sin hora de fin</translation>
        </message>
        <message>
            <source>«%1» could not be done</source>
            <translation>No se pudo marcar «%1»</translation>
        </message>
        <message>
            <source>−1 month</source>
            <translation>−1 mes</translation>
        </message>
    </context>
</TS>
