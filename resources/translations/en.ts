<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
    <context>
        <name>Companion</name>
        <message numerus="yes">
            <source>%1, %n ranges</source>
            <translation>
                <numerusform>%1, %n range</numerusform>
                <numerusform>%1, %n ranges</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1, in %n min.</source>
            <translation>
                <numerusform>%1, in %n min.</numerusform>
                <numerusform>%1, in %n min.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n changes are not saved</source>
            <translation>
                <numerusform>%n change is not saved</numerusform>
                <numerusform>%n changes are not saved</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n days</source>
            <translation>
                <numerusform>%n day</numerusform>
                <numerusform>%n days</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n digits typed</source>
            <translation>
                <numerusform>%n digit typed</numerusform>
                <numerusform>%n digits typed</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n dishes</source>
            <translation>
                <numerusform>%n dish</numerusform>
                <numerusform>%n dishes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n holidays are not decided yet.</source>
            <translation>
                <numerusform>%n holiday is not decided yet.</numerusform>
                <numerusform>%n holidays are not decided yet.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n hours</source>
            <translation>
                <numerusform>%n hour</numerusform>
                <numerusform>%n hours</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n in the kitchen now</source>
            <translation>
                <numerusform>%n in the kitchen now</numerusform>
                <numerusform>%n in the kitchen now</numerusform>
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
                <numerusform>%n min after what %1 expects.</numerusform>
                <numerusform>%n min after what %1 expects.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n min late</source>
            <translation>
                <numerusform>%n min late</numerusform>
                <numerusform>%n min late</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n minutes</source>
            <translation>
                <numerusform>%n minute</numerusform>
                <numerusform>%n minutes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n more</source>
            <translation>
                <numerusform>%n more</numerusform>
                <numerusform>%n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new</source>
            <translation>
                <numerusform>%n new</numerusform>
                <numerusform>%n new</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new orders</source>
            <translation>
                <numerusform>%n new order</numerusform>
                <numerusform>%n new orders</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n new orders are not accepted yet: closing does not cancel them.</source>
            <translation>
                <numerusform>%n new order is not accepted yet: closing does not cancel it.</numerusform>
                <numerusform>%n new orders are not accepted yet: closing does not cancel them.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders</source>
            <translation>
                <numerusform>%n order</numerusform>
                <numerusform>%n orders</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders came while the POS was off</source>
            <translation>
                <numerusform>%n order came while the POS was off</numerusform>
                <numerusform>%n orders came while the POS was off</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n orders wait and go in by themselves, not twice.</source>
            <translation>
                <numerusform>%n order waits and goes in by itself, not twice.</numerusform>
                <numerusform>%n orders wait and go in by themselves, not twice.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n reservations</source>
            <translation>
                <numerusform>%n reservation</numerusform>
                <numerusform>%n reservations</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n reservations to accept</source>
            <translation>
                <numerusform>%n reservation to accept</numerusform>
                <numerusform>%n reservations to accept</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n running</source>
            <translation>
                <numerusform>%n running</numerusform>
                <numerusform>%n running</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n to answer</source>
            <translation>
                <numerusform>%n to answer</numerusform>
                <numerusform>%n to answer</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n to resolve</source>
            <translation>
                <numerusform>%n to resolve</numerusform>
                <numerusform>%n to resolve</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>+%n min</source>
            <translation>
                <numerusform>+%n min</numerusform>
                <numerusform>+%n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Accept · %n min</source>
            <translation>
                <numerusform>Accept · %n min</numerusform>
                <numerusform>Accept · %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Accepted · %n min</source>
            <translation>
                <numerusform>Accepted · %n min</numerusform>
                <numerusform>Accepted · %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Closed · %n min</source>
            <translation>
                <numerusform>Closed · %n min</numerusform>
                <numerusform>Closed · %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Look for it in the POS: %1, %n dishes.</source>
            <translation>
                <numerusform>Look for it in the POS: %1, %n dish.</numerusform>
                <numerusform>Look for it in the POS: %1, %n dishes.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Next %n days</source>
            <translation>
                <numerusform>Next %n day</numerusform>
                <numerusform>Next %n days</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Next try in %n s.</source>
            <translation>
                <numerusform>Next try in %n s.</numerusform>
                <numerusform>Next try in %n s.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Quit with %n orders running?</source>
            <translation>
                <numerusform>Quit with %n order running?</numerusform>
                <numerusform>Quit with %n orders running?</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Save %n changes</source>
            <translation>
                <numerusform>Save %n change</numerusform>
                <numerusform>Save %n changes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>That is not the PIN. %n tries left.</source>
            <translation>
                <numerusform>That is not the PIN. %n try left.</numerusform>
                <numerusform>That is not the PIN. %n tries left.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>and %n more</source>
            <translation>
                <numerusform>and %n more</numerusform>
                <numerusform>and %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>in %n min</source>
            <translation>
                <numerusform>in %n min</numerusform>
                <numerusform>in %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>waits %n min</source>
            <translation>
                <numerusform>waits %n min</numerusform>
                <numerusform>waits %n min</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>waits for the POS · %n min</source>
            <translation>
                <numerusform>waits for the POS · %n min</numerusform>
                <numerusform>waits for the POS · %n min</numerusform>
            </translation>
        </message>
    </context>
</TS>
